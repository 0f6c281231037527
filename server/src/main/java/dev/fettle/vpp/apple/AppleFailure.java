package dev.fettle.vpp.apple;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call of Apple's API that brought no usable answer, with why. The message is ours: Apple's own
 * text and the network library's are left out, since either may repeat what was sent.
 */
public final class AppleFailure extends RuntimeException {

  /** Why there was no usable answer. */
  public sealed interface Kind {
    /** Apple said no, for a reason that repeating does not change. */
    record Refused(int status, AppleError error) implements Kind {}

    /**
     * Apple was overloaded, in trouble, or not to be reached, to the end of the repeats.
     *
     * @param retryAfter how long Apple asked to wait, if it did
     */
    record Unavailable(String what, @Nullable Duration retryAfter) implements Kind {}

    /** Apple answered something that is not an answer of this API. */
    record Unreadable(String what) implements Kind {}
  }

  private final transient Kind kind;

  AppleFailure(Kind kind) {
    super(words(kind), null, false, false);
    this.kind = kind;
  }

  /** Why there was no usable answer. */
  public Kind kind() {
    return kind;
  }

  /** Apple's error, if it was a refusal with a number. */
  public @Nullable AppleError error() {
    return kind instanceof Kind.Refused(int ignored, AppleError error) ? error : null;
  }

  private static String words(Kind kind) {
    return switch (kind) {
      case Kind.Refused(int status, AppleError error) ->
          "Apple refused with " + error.number() + " (" + error.meaning() + "), HTTP " + status;
      case Kind.Unavailable(String what, var ignored) -> "Apple is not available: " + what;
      case Kind.Unreadable(String what) -> "Apple's answer cannot be read: " + what;
    };
  }
}
