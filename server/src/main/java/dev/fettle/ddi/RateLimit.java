package dev.fettle.ddi;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The limit on the requests of one device. It counts by device and not by address, since a whole
 * site may share one. Each device has a bucket that fills by so many tokens a second up to the
 * burst.
 *
 * <p>A bucket is one number: the time at which it will be full again. Asking moves that time on by
 * the price of one request; if it lies further ahead than a whole bucket, the request is refused.
 * Time is a count of nanoseconds that no clock moves: a clock set back by hours would refuse every
 * device for as long.
 */
final class RateLimit {
  private static final int MOST_DEVICES = 200_000;

  private record Key(String tenantId, String deviceId) {}

  private final long priceNanos;
  private final long bucketNanos;
  private final LongSupplier nanos;
  private final Cache<Key, AtomicLong> fullAgain;

  RateLimit(int perSecond, int burst, LongSupplier nanos) {
    this.nanos = nanos;
    this.fullAgain =
        Caffeine.newBuilder()
            .maximumSize(MOST_DEVICES)
            .expireAfterAccess(Duration.ofMinutes(10))
            .ticker(nanos::getAsLong)
            // On the thread that asks: handing the little that there is to do to another costs
            // more.
            .executor(Runnable::run)
            .build();
    this.priceNanos = 1_000_000_000L / perSecond;
    this.bucketNanos = priceNanos * burst;
  }

  /**
   * Counts one request.
   *
   * @throws Refusal with {@link Reason.TooManyRequests}
   */
  void count(String tenantId, String deviceId) {
    long time = nanos.getAsLong();
    AtomicLong full = fullAgain.get(new Key(tenantId, deviceId), key -> new AtomicLong(time));
    while (true) {
      long before = full.get();
      long after = (before - time > 0 ? before : time) + priceNanos;
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
