package dev.fettle.devices;

import dev.fettle.db.Db;
import dev.fettle.devices.DeviceStore.LastSeen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last sighting of each device: noted in memory with each poll and written in batches, and with
 * that the devices that are connected and those that have been silent too long. What a crash loses
 * is noted again with the next poll; for that reason no device becomes offline in the first moments
 * after a start.
 *
 * <p>Each server writes what it noted itself; whichever of them looks for silent devices knows only
 * what is written. So the time after which a device is offline includes the time between two
 * writings.
 */
public final class DevicePresence {

  /** A device is offline after this many polls that did not come. */
  public static final int MISSED_POLLS = 3;

  /** The time between two writings of what was noted. */
  public static final Duration WRITTEN_EVERY = Duration.ofSeconds(5);

  // Few enough that a device that reports meanwhile does not wait for its row.
  private static final int BATCH = 200;

  private record Key(String tenantId, String deviceId) {}

  private final Db db;
  private final Duration grace;
  private volatile Instant started;
  private final Map<Key, LastSeen> sightings = new ConcurrentHashMap<>();

  /**
   * @param started when the server started
   * @param pollInterval how often devices are asked to poll
   */
  public DevicePresence(Db db, Instant started, Duration pollInterval) {
    this.db = db;
    this.started = started;
    this.grace = pollInterval.multipliedBy(MISSED_POLLS);
  }

  /**
   * Notes a sign of life.
   *
   * @param sleep after what time the device was told to come again
   */
  public void seen(AuthenticatedDevice device, Instant now, String address, Duration sleep) {
    // Some time on top: agents add their own spread to the period. In plain numbers, since
    // durations are multiplied by way of decimals, which a poll would feel.
    long millis = sleep.toMillis();
    long timeout = MISSED_POLLS * millis + millis / 5 + WRITTEN_EVERY.toMillis();
    sightings.put(
        new Key(device.tenantId(), device.deviceId()),
        new LastSeen(device.tenantId(), device.deviceId(), now, address, now.plusMillis(timeout)));
  }

  /** Writes what this server noted since the last time. */
  public void write() {
    List<LastSeen> noted = new ArrayList<>();
    sightings.forEach(
        (key, sighting) -> {
          if (sightings.remove(key, sighting)) {
            noted.add(sighting);
          }
        });
    noted.sort(Comparator.comparing(LastSeen::tenantId).thenComparing(LastSeen::deviceId));
    for (int from = 0; from < noted.size(); from += BATCH) {
      List<LastSeen> batch = noted.subList(from, Math.min(noted.size(), from + BATCH));
      try {
        db.run(tx -> DeviceStore.saveLastSeen(tx, batch));
      } catch (RuntimeException e) {
        for (LastSeen sighting : noted.subList(from, noted.size())) {
          sightings.putIfAbsent(new Key(sighting.tenantId(), sighting.deviceId()), sighting);
        }
        throw e;
      }
    }
  }

  /** Marks the devices that are offline by now. */
  public void markDisconnected(Instant now) {
    if (now.isBefore(started)) {
      // The clock was set back, and what is written lies ahead: this is like a start.
      started = now;
    }
    if (!now.isBefore(started.plus(grace))) {
      db.run(tx -> DeviceStore.markDisconnected(tx, now));
    }
  }
}
