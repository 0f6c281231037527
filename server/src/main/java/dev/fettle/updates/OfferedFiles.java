package dev.fettle.updates;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.fettle.devices.EnrolledDevice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which files devices have just been offered. An agent fetches what its deployment named at once,
 * and one that installs while it reads asks for the same file in thousands of pieces.
 *
 * <p>What is kept here holds for {@link #HOLDS}. Whoever ends or cancels an operation makes the
 * offer forgotten in the same process; another server on the same database, the sweep of deadlines
 * or a look that was under way goes on offering for that long (docs/decisions/0034). Safe for any
 * number of threads.
 */
public final class OfferedFiles {

  /** How long an offer holds. */
  public static final Duration HOLDS = Duration.ofSeconds(5);

  private static final int MOST = 20_000;

  private record Device(String tenantId, String deviceId) {}

  private record Offer(int moduleNumber, List<Artifact> artifacts) {}

  private final Cache<Device, Offer> offers;

  public OfferedFiles() {
    this(Ticker.systemTicker());
  }

  OfferedFiles(Ticker time) {
    this.offers =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(HOLDS)
            .ticker(time)
            .executor(Runnable::run)
            .build();
  }

  /** The files of a module, if the device was offered them a moment ago. */
  public Optional<List<Artifact>> recall(EnrolledDevice device, int moduleNumber) {
    Offer offer = offers.getIfPresent(new Device(device.tenantId(), device.deviceId()));
    return offer != null && offer.moduleNumber() == moduleNumber
        ? Optional.of(offer.artifacts())
        : Optional.empty();
  }

  /** Keeps what was just read from the database. */
  public void remember(EnrolledDevice device, int moduleNumber, List<Artifact> artifacts) {
    offers.put(
        new Device(device.tenantId(), device.deviceId()),
        new Offer(moduleNumber, List.copyOf(artifacts)));
  }

  /** Forgets a device's: what it may fetch has changed. */
  public void forget(String tenantId, String deviceId) {
    offers.invalidate(new Device(tenantId, deviceId));
  }
}
