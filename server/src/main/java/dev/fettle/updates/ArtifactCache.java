package dev.fettle.updates;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.fettle.devices.AuthenticatedDevice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The files that devices were offered a moment ago. An agent fetches what its deployment named at
 * once, and one that installs while it reads asks for the same file in thousands of pieces.
 *
 * <p>An entry counts for {@link #LIFETIME}. Whoever ends or cancels an operation removes the entry
 * in the same process; another server on the same database, the job that fails overdue operations
 * or a look that was under way offers the files for that long (docs/decisions/0034). Safe for any
 * number of threads.
 */
final class ArtifactCache {

  /** The time for which an entry counts. */
  static final Duration LIFETIME = Duration.ofSeconds(5);

  private static final int MOST = 20_000;

  private record Device(String tenantId, String deviceId) {}

  private record Entry(int moduleNumber, List<Artifact> artifacts) {}

  private final Cache<Device, Entry> entries;

  ArtifactCache() {
    this(Ticker.systemTicker());
  }

  ArtifactCache(Ticker time) {
    this.entries =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(LIFETIME)
            .ticker(time)
            .executor(Runnable::run)
            .build();
  }

  /** The files of a module, if the device was offered them a moment ago. */
  Optional<List<Artifact>> find(AuthenticatedDevice device, int moduleNumber) {
    Entry entry = entries.getIfPresent(new Device(device.tenantId(), device.deviceId()));
    return entry != null && entry.moduleNumber() == moduleNumber
        ? Optional.of(entry.artifacts())
        : Optional.empty();
  }

  /** Keeps what was just read from the database. */
  void put(AuthenticatedDevice device, int moduleNumber, List<Artifact> artifacts) {
    entries.put(
        new Device(device.tenantId(), device.deviceId()),
        new Entry(moduleNumber, List.copyOf(artifacts)));
  }

  /** Removes a device's: what it may fetch has changed. */
  void remove(String tenantId, String deviceId) {
    entries.invalidate(new Device(tenantId, deviceId));
  }
}
