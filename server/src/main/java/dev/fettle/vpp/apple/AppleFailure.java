package dev.fettle.vpp.apple;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call of Apple's API that brought no usable answer. The message is ours: Apple's own text and
 * the network library's are left out, since either may repeat what was sent.
 */
public final class AppleFailure extends RuntimeException {

  /** Kinds of failure. */
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
    super(
        switch (kind) {
          case Kind.Refused(int status, AppleError error) ->
              "Apple refused with %d (%s), HTTP %d"
                  .formatted(error.number(), error.meaning(), status);
          case Kind.Unavailable(String what, _) -> "Apple is not available: " + what;
          case Kind.Unreadable(String what) -> "Apple's answer cannot be read: " + what;
        },
        null,
        false,
        false);
    this.kind = kind;
  }

  /** The kind of this failure. */
  public Kind kind() {
    return kind;
  }

  /** True if Apple refused with that number. */
  public boolean is(int number) {
    return kind instanceof Kind.Refused(_, AppleError error) && error.number() == number;
  }
}
