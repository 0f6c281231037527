package dev.fettle.agent.ddi;

import java.time.Duration;

/** Waits; handed in, so that tests need not. */
@FunctionalInterface
public interface Pause {
  /** The ordinary wait of the current thread. */
  Pause SLEEP = Thread::sleep;

  /** Returns after this time. */
  void pause(Duration time) throws InterruptedException;
}
