package dev.fettle.jobs;

import java.time.Instant;

/** One portion of a recurring job. It may be run twice and must come to the same. */
@FunctionalInterface
public interface PortionedStep {
  /**
   * Does a portion of what is due now; an exception is logged and the next turn comes as usual.
   *
   * @return whether that was all; the next portion comes at once if it was not
   */
  boolean step(Instant now);
}
