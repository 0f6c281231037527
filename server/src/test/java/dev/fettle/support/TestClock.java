package dev.fettle.support;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it, and a count of time that never goes back. */
public final class TestClock implements InstantSource {
  private final AtomicReference<Instant> now;
  private final AtomicLong passed = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);

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

  /** The time that has passed by {@link #advance}, as a number like {@link System#nanoTime}. */
  public long nanos() {
    return passed.get();
  }

  /** Time passes. */
  public void advance(Duration by) {
    now.updateAndGet(time -> time.plus(by));
    passed.addAndGet(Math.max(0, by.toNanos()));
  }

  /** Somebody sets the clock: no time passes. */
  public void set(Instant time) {
    now.set(time);
  }
}
