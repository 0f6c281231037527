package dev.fettle.support;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. */
public final class TestClock implements InstantSource {
  private final AtomicReference<Instant> now;

  /** Stands at noon of a day in June 2026. */
  public TestClock() {
    this(Instant.parse("2026-06-15T12:00:00Z"));
  }

  /** Stands at the given time. */
  public TestClock(Instant start) {
    this.now = new AtomicReference<>(start);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Moves on. */
  public void advance(Duration by) {
    now.updateAndGet(time -> time.plus(by));
  }

  /** Jumps. */
  public void set(Instant time) {
    now.set(time);
  }
}
