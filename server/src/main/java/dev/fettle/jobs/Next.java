package dev.fettle.jobs;

import java.time.Instant;

/** The word of a keyed job's step at its end. */
public sealed interface Next {
  /** Nothing is left to do until somebody asks again. */
  record Done() implements Next {}

  /**
   * Run again then, or earlier if somebody asks.
   *
   * @param when not before this time
   */
  record Again(Instant when) implements Next {}

  /** Nothing is left to do. */
  static Next done() {
    return new Done();
  }

  /** Run again at that time. */
  static Next again(Instant when) {
    return new Again(when);
  }
}
