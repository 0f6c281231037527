package dev.fettle.vpp.apple;

import java.time.Duration;

/** Waiting, passed in so that tests need not wait. */
@FunctionalInterface
public interface Sleeper {

  /** Returns after that long. */
  void pause(Duration length) throws InterruptedException;

  /** Waits for real. */
  static Sleeper real() {
    return Thread::sleep;
  }
}
