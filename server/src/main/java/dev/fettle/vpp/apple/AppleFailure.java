package dev.fettle.vpp.apple;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call of Apple's API that brought no usable answer, with why. The message is ours: Apple's own
 * text and the network library's are left out, since either may repeat what was sent.
 */
public final class AppleFailure extends RuntimeException {

  /** Why there was no usable answer. */
  public sealed interface Why {
    /** Apple said no, for a reason that repeating does not change. */
    record Refused(int status, AppleError error) implements Why {}

    /**
     * Apple was overloaded, in trouble, or not to be reached, to the end of the repeats.
     *
     * @param retryAfter how long Apple asked to wait, if it did
     */
    record Unavailable(String what, @Nullable Duration retryAfter) implements Why {}

    /** Apple answered something that is not an answer of this API. */
    record Garbled(String what) implements Why {}
  }

  private final transient Why why;

  AppleFailure(Why why) {
    super(words(why), null, false, false);
    this.why = why;
  }

  /** Why there was no usable answer. */
  public Why why() {
    return why;
  }

  /** Apple's error, if it was a refusal with a number. */
  public @Nullable AppleError error() {
    return why instanceof Why.Refused(int ignored, AppleError error) ? error : null;
  }

  private static String words(Why why) {
    return switch (why) {
      case Why.Refused(int status, AppleError error) ->
          "Apple refused with " + error.number() + " (" + error.meaning() + "), HTTP " + status;
      case Why.Unavailable(String what, var ignored) -> "Apple is not available: " + what;
      case Why.Garbled(String what) -> "Apple's answer cannot be read: " + what;
    };
  }
}
