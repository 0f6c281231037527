package dev.fettle.http;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Lets go of peers that keep a request waiting: whoever reads from one says so, and is interrupted
 * when that takes too long, which closes the connection. Without it the connections of devices that
 * lose their network in the middle of a request would stay for ever.
 */
final class Patience implements AutoCloseable {
  private final long nanos;
  private final ConcurrentMap<Thread, Long> waiting = new ConcurrentHashMap<>();
  private final Thread watcher;

  Patience(Duration longest) {
    this.nanos = longest.toNanos();
    this.watcher = Thread.ofPlatform().daemon().name("http-patience").unstarted(this::watch);
  }

  /** Begins to watch; once. */
  void start() {
    watcher.start();
  }

  /** The current thread begins to wait for its peer. */
  void begin() {
    waiting.put(Thread.currentThread(), System.nanoTime());
  }

  /** The current thread waits no more; from now on it is not interrupted. */
  void end() {
    if (waiting.remove(Thread.currentThread()) == null) {
      // It was; the connection is closed, and what is left to do must not be disturbed.
      Thread.interrupted();
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(Duration.ofNanos(Math.max(1, nanos / 4)));
        long now = System.nanoTime();
        for (Thread thread : waiting.keySet()) {
          // Atomic with end(): an interrupt never comes after it.
          waiting.computeIfPresent(
              thread,
              (reader, since) -> {
                if (now - since < nanos) {
                  return since;
                }
                reader.interrupt();
                return null;
              });
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
