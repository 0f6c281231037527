package dev.fettle.ddi;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often one device may ask. It is counted by device and not by address, since a whole site may
 * share one. Each device has a bucket that fills by so many tokens a second up to the burst.
 *
 * <p>A bucket is one number: the time at which it will be full again. Asking moves that time on by
 * the price of one request; if it lies further ahead than a whole bucket, the request is refused.
 */
final class RequestLimit {
  private static final int MOST_DEVICES = 200_000;

  private record Key(String tenantId, String deviceId) {}

  private final long priceNanos;
  private final long bucketNanos;
  private final Cache<Key, AtomicLong> fullAgain =
      Caffeine.newBuilder()
          .maximumSize(MOST_DEVICES)
          .expireAfterAccess(Duration.ofMinutes(10))
          // On the thread that asks: handing the little that there is to do to another costs more.
          .executor(Runnable::run)
          .build();

  RequestLimit(int perSecond, int burst) {
    this.priceNanos = 1_000_000_000L / perSecond;
    this.bucketNanos = priceNanos * burst;
  }

  /**
   * Counts one request.
   *
   * @throws Refusal with {@link Reason.TooManyRequests}
   */
  void count(String tenantId, String deviceId, Instant now) {
    long time = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    AtomicLong full = fullAgain.get(new Key(tenantId, deviceId), key -> new AtomicLong(time));
    while (true) {
      long before = full.get();
      long after = Math.max(before, time) + priceNanos;
      if (after - time > bucketNanos) {
        throw new Refusal(
            new Reason.TooManyRequests(
                Duration.ofSeconds(1), "This device asks more often than it may."));
      }
      if (full.compareAndSet(before, after)) {
        return;
      }
    }
  }
}
