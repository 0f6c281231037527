package dev.fettle.http;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Lets go of peers that keep us waiting. Whoever reads a request says so, and is interrupted when
 * that takes too long, which closes the connection; without it the connections of devices that lose
 * their network in the middle of a request would stay for ever. A new connection is closed if no
 * request line came over it in time: the library waits for the first byte, and for the end of a TLS
 * handshake, without an end of its own, so that silent peers could use up all file descriptors.
 */
final class Patience implements AutoCloseable {
  private final long nanos;
  private final ConcurrentMap<Thread, Long> waiting = new ConcurrentHashMap<>();
  private final ConcurrentMap<Ends, Newcomer> newcomers = new ConcurrentHashMap<>();
  private final Thread watcher;

  /** The two ends of a connection, by which it is known again. */
  private record Ends(SocketAddress remote, SocketAddress local) {}

  private record Newcomer(SocketChannel channel, long since) {}

  Patience(Duration longest) {
    this.nanos = longest.toNanos();
    this.watcher = Thread.ofPlatform().daemon().name("http-patience").unstarted(this::watch);
  }

  /** Begins to watch; once. */
  void start() {
    watcher.start();
  }

  /** A connection was opened, over which nothing came yet. */
  void greet(SocketChannel channel) {
    try {
      newcomers.put(
          new Ends(channel.getRemoteAddress(), channel.getLocalAddress()),
          new Newcomer(channel, System.nanoTime()));
    } catch (IOException e) {
      // It is closed already, so there is nothing to wait for.
      return;
    }
  }

  /** A request line came over the connection between these ends. */
  void heard(SocketAddress remote, SocketAddress local) {
    newcomers.remove(new Ends(remote, local));
  }

  /** Whether there are connections over which nothing came yet. */
  boolean hasNewcomers() {
    return !newcomers.isEmpty();
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
        newcomers.values().removeIf(newcomer -> now - newcomer.since() >= nanos && gone(newcomer));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean gone(Newcomer newcomer) {
    try {
      newcomer.channel().close();
    } catch (IOException e) {
      // Closed as far as it can be.
      return true;
    }
    return true;
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
