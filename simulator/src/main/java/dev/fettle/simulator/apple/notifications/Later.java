package dev.fettle.simulator.apple.notifications;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Work that is done later, one after the other, by a thread of its own. What it throws is printed:
 * a scheduler by itself would keep it where nobody looks.
 */
public final class Later implements AutoCloseable {
  private final ScheduledExecutorService thread;

  /** Nothing is to be done yet. */
  public Later(String name) {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
  }

  /** Does it after that time, unless this is closed before. */
  public void after(Duration pause, Runnable work) {
    try {
      var _ = thread.schedule(() -> run(work), pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // It is closed: what was to come is lost, as with Apple.
      return;
    }
  }

  private static void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
