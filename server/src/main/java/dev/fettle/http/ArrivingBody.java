package dev.fettle.http;

import dev.fettle.base.Refusal;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one request body on their way from the event loop, which puts them in, to the thread
 * of the request, which takes them out. The next part is asked for only when the last was taken, so
 * that a fast peer waits for a slow reader.
 *
 * <p>A peer may keep the reader waiting for so long altogether, and a second more for each KiB that
 * came: whoever sends a byte a minute is let go, and whoever has a thin line is not.
 */
final class ArrivingBody extends InputStream {
  private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / 1024;

  private final BodyMemory memory;
  private final Runnable more;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> parts = new ArrayDeque<>();
  private final Duration patience;
  private long nanosLeft;
  private boolean asked = true;
  private boolean read;
  private boolean ended;
  private boolean abandoned;
  private @Nullable Refusal failure;
  private byte[] part = new byte[0];
  private int position;

  /**
   * A body of which nothing came yet, the first part asked for already.
   *
   * @param more asks the event loop for the next part; called by the reader's thread
   */
  ArrivingBody(BodyMemory memory, Duration patience, Runnable more) {
    this.memory = memory;
    this.patience = patience;
    this.nanosLeft = patience.toNanos();
    this.more = more;
  }

  /** Puts in what came; called by the event loop. */
  void arrived(byte[] bytes, boolean last) {
    lock.lock();
    try {
      asked = false;
      ended |= last;
      if (abandoned || bytes.length == 0) {
        // Nobody reads it any more.
      } else if (memory.take(bytes.length)) {
        parts.add(bytes);
      } else {
        failure = BodyMemory.full();
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come; called by the event loop. */
  void failed(String why) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = RequestBody.unreadable(why);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** True once the last byte came. */
  boolean hasEnded() {
    lock.lock();
    try {
      return ended && failure == null;
    } finally {
      lock.unlock();
    }
  }

  /** True once somebody began to read it. */
  boolean isWanted() {
    lock.lock();
    try {
      return read;
    } finally {
      lock.unlock();
    }
  }

  /** The request is answered: what is here or comes later is thrown away. */
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      parts.forEach(bytes -> memory.give(bytes.length));
      parts.clear();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      if (position == part.length && !next()) {
        return -1;
      }
      int count = Math.min(length, part.length - position);
      System.arraycopy(part, position, bytes, offset, count);
      position += count;
      return count;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RequestBody.unreadable("the server stops");
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next part; false at the end of the body. */
  private boolean next() throws InterruptedException {
    boolean first = !read;
    read = true;
    while (parts.isEmpty()) {
      if (failure != null) {
        throw failure;
      }
      if (ended) {
        return false;
      }
      if (!asked || first) {
        asked = true;
        first = false;
        more.run();
      }
      nanosLeft = changed.awaitNanos(nanosLeft);
      if (nanosLeft <= 0 && parts.isEmpty() && !ended && failure == null) {
        failure =
            RequestBody.unreadable(
                "it kept the server waiting for more than %d seconds and a second for each KiB"
                    .formatted(patience.toSeconds()));
      }
    }
    part = parts.remove();
    position = 0;
    nanosLeft += part.length * NANOS_PER_BYTE;
    memory.give(part.length);
    return true;
  }
}
