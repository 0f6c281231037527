package dev.fettle.app;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The server's clock in development mode: the machine's, until somebody moves or stops it. */
final class DevClock implements InstantSource {
  private record State(Duration ahead, @Nullable Instant stopped) {}

  private static final State TRUE_TIME = new State(Duration.ZERO, null);

  private final Clock machine;
  private final AtomicReference<State> state = new AtomicReference<>(TRUE_TIME);

  /** A clock that shows the machine's time. */
  DevClock(Clock machine) {
    this.machine = machine;
  }

  @Override
  public Instant instant() {
    return at(state.get());
  }

  private Instant at(State now) {
    return now.stopped() == null ? machine.instant().plus(now.ahead()) : now.stopped();
  }

  void set(Instant time) {
    state.updateAndGet(
        now ->
            now.stopped() == null
                ? new State(Duration.between(machine.instant(), time), null)
                : new State(Duration.ZERO, time));
  }

  void advance(Duration by) {
    set(instant().plus(by));
  }

  void stop() {
    state.updateAndGet(now -> new State(Duration.ZERO, at(now)));
  }

  void run() {
    state.updateAndGet(now -> new State(Duration.between(machine.instant(), at(now)), null));
  }

  void reset() {
    state.set(TRUE_TIME);
  }

  boolean stopped() {
    return state.get().stopped() != null;
  }
}
