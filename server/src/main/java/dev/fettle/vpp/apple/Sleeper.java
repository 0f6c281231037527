package dev.fettle.vpp.apple;

import java.time.Duration;

/** A way to wait between requests, passed in so that tests need not wait. */
@FunctionalInterface
interface Sleeper {

  /** Returns after that long. */
  void sleep(Duration length) throws InterruptedException;
}
