package dev.fettle.http;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes of requests that are in memory, of all of them together. Thread-safe. */
final class BodyMemory {
  static final Duration TRY_AGAIN = Duration.ofSeconds(2);

  static final String FULL =
      "The server holds as many bytes of requests as it may. Try again in a moment.";

  private final long most;
  private final AtomicLong held = new AtomicLong();

  BodyMemory(long most) {
    this.most = most;
  }

  /** Bytes held at the moment. */
  long held() {
    return held.get();
  }

  /** Takes room for so many bytes, if there is. */
  boolean take(long bytes) {
    if (held.addAndGet(bytes) <= most) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** Gives room back. */
  void give(long bytes) {
    held.addAndGet(-bytes);
  }

  /** The answer to a request for which there is no room. */
  static Refusal full() {
    return new Refusal(new Reason.Unavailable(TRY_AGAIN, FULL));
  }
}
