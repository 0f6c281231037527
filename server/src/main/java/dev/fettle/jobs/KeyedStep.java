package dev.fettle.jobs;

import java.time.Instant;

/** One step of a keyed job. It may be run twice and must come to the same. */
@FunctionalInterface
public interface KeyedStep {
  /** Does what is due for this key and returns; an exception means: try again later. */
  Next step(JobKey job, Instant now);
}
