package dev.fettle.jobs;

import java.time.Instant;

/** One step of a recurring job. It may be run twice and must come to the same. */
@FunctionalInterface
public interface RecurringStep {
  /** Does what is due now and returns; an exception is logged and the next turn comes as usual. */
  void step(Instant now);
}
