package dev.fettle.http;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections: decides who gets one, and closes those whose peer keeps the server waiting.
 * Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nothing is left to do when a channel is closed.
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final long LOG_AGAIN = Duration.ofMinutes(1).toNanos();

  private final HttpLimits limits;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
  private final Set<Deadline> deadlines = ConcurrentHashMap.newKeySet();
  private final LongAdder refused = new LongAdder();
  private final LongAdder overdue = new LongAdder();
  private long logged = System.nanoTime() - LOG_AGAIN;

  Connections(HttpLimits limits) {
    this.limits = limits;
  }

  /**
   * The moment until which a connection, or a stream of one, may keep the server waiting. Set by
   * its event loop; without one while the server itself is at work.
   */
  static final class Deadline {
    private static final long NONE = Long.MAX_VALUE;

    private final Channel channel;
    private final Runnable over;
    private volatile long at = NONE;
    private volatile boolean answering;

    private Deadline(Channel channel, Runnable over) {
      this.channel = channel;
      this.over = over;
    }

    void in(Duration wait) {
      answering = false;
      set(wait);
    }

    /** The same while an answer is under way, which the end of the server lets pass. */
    void answerIn(Duration wait) {
      answering = true;
      set(wait);
    }

    private void set(Duration wait) {
      long now = System.nanoTime();
      at = Math.max(now + wait.toNanos(), Long.MIN_VALUE + 1);
      if (at == NONE) {
        at = NONE - 1;
      }
    }

    void none() {
      at = NONE;
    }

    private boolean isWaiting() {
      return at != NONE && !answering;
    }

    private boolean isOver(long now) {
      long moment = at;
      return moment != NONE && now - moment >= 0;
    }
  }

  /** True if a new connection of this address may stay; it is counted until it is closed. */
  boolean admit(Channel channel, InetAddress address) {
    if (open.incrementAndGet() > limits.connections()) {
      open.decrementAndGet();
      refuse("connections altogether", address);
      return false;
    }
    boolean counted =
        !limits.exempt().contains(address) && !limits.trustedProxies().contains(address);
    if (counted && byAddress.merge(address, 1, Integer::sum) > limits.connectionsPerAddress()) {
      leave(address);
      open.decrementAndGet();
      refuse("connections of one address", address);
      return false;
    }
    channel
        .closeFuture()
        .addListener(
            closed -> {
              open.decrementAndGet();
              if (counted) {
                leave(address);
              }
            });
    return true;
  }

  private void leave(InetAddress address) {
    byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  private synchronized void refuse(String limit, InetAddress address) {
    refused.increment();
    long now = System.nanoTime();
    if (now - logged >= LOG_AGAIN) {
      logged = now;
      LOG.warn(
          "event=connection_refused limit=\"{}\" address={} refused-so-far={}",
          limit,
          address.getHostAddress(),
          refused.sum());
    }
  }

  /**
   * A deadline for a connection or a stream, which goes with it, and what is done when it is over.
   */
  Deadline deadline(Channel channel, Runnable over) {
    Deadline deadline = new Deadline(channel, over);
    deadlines.add(deadline);
    channel.closeFuture().addListener(closed -> deadlines.remove(deadline));
    return deadline;
  }

  /** Closes those whose time is over. */
  void closeOverdue() {
    long now = System.nanoTime();
    for (Deadline deadline : deadlines) {
      if (deadline.isOver(now)) {
        overdue.increment();
        // A close may take its time, and is counted once.
        deadline.none();
        deadline.over.run();
      }
    }
  }

  /** Closes those on which the server is not at work. */
  void closeWaiting() {
    for (Deadline deadline : deadlines) {
      if (deadline.isWaiting()) {
        deadline.channel.close();
      }
    }
  }

  int open() {
    return open.get();
  }

  long refused() {
    return refused.sum();
  }

  long overdue() {
    return overdue.sum();
  }
}
