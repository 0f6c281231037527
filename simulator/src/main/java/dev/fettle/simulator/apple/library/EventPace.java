package dev.fettle.simulator.apple.library;

import java.time.Duration;

/** How an event gets from PENDING to its end. */
public sealed interface EventPace {
  /** All tasks are done together when the time has passed. */
  record After(Duration delay) implements EventPace {}

  /**
   * The event is still PENDING for so many status requests, each of which sees a further part of
   * the tasks done, and ends with the next one.
   */
  record Polls(int pending) implements EventPace {}

  /** The event stays PENDING, with nothing done, until the administration finishes it. */
  record Held() implements EventPace {}
}
