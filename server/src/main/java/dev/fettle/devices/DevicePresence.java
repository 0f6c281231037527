package dev.fettle.devices;

import dev.fettle.db.Db;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When devices were last seen: noted in memory with each poll and written in batches, and with that
 * who is connected and who has been silent too long. What a crash loses is noted again with the
 * next poll; for that reason nobody is called offline in the first moments after a start.
 *
 * <p>Each server writes what it noted itself; whichever of them looks for the silent ones knows
 * only what is written. So a device's patience has the time between two writings on top.
 */
public final class DevicePresence {

  /** A device is offline after this many polls that did not come. */
  public static final int MISSED_POLLS = 3;

  /** How often what was noted is to be written. */
  public static final Duration WRITTEN_EVERY = Duration.ofSeconds(5);

  // Few enough that a device that reports meanwhile does not wait for its row.
  private static final int BATCH = 200;

  private record Key(String tenantId, String deviceId) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int tenants = tenantId.compareTo(other.tenantId);
      return tenants != 0 ? tenants : deviceId.compareTo(other.deviceId);
    }
  }

  private record LastSeen(Instant time, String address, Instant offline) {}

  private final Db db;
  private final Duration calm;
  private volatile Instant started;
  private final ConcurrentHashMap<Key, LastSeen> sightings = new ConcurrentHashMap<>();

  /**
   * @param started when the server started
   * @param pollInterval how often devices are asked to poll
   */
  public DevicePresence(Db db, Instant started, Duration pollInterval) {
    this.db = db;
    this.started = started;
    this.calm = pollInterval.multipliedBy(MISSED_POLLS);
  }

  /**
   * Notes a sign of life.
   *
   * @param sleep after what time the device was told to come again
   */
  public void seen(AuthenticatedDevice device, Instant now, String address, Duration sleep) {
    // A little patience on top: agents add their own spread to the period. In plain numbers, since
    // durations are multiplied by way of decimals, which a poll would feel.
    long millis = sleep.toMillis();
    long patience = MISSED_POLLS * millis + millis / 5 + WRITTEN_EVERY.toMillis();
    sightings.put(
        new Key(device.tenantId(), device.deviceId()),
        new LastSeen(now, address, now.plusMillis(patience)));
  }

  /** Writes what this server noted since the last time. */
  public void write() {
    Map<Key, LastSeen> noted = new TreeMap<>();
    sightings.forEach(
        (key, sighting) -> {
          if (sightings.remove(key, sighting)) {
            noted.put(key, sighting);
          }
        });
    List<Map.Entry<Key, LastSeen>> entries = List.copyOf(noted.entrySet());
    for (int from = 0; from < entries.size(); from += BATCH) {
      List<Map.Entry<Key, LastSeen>> batch =
          entries.subList(from, Math.min(entries.size(), from + BATCH));
      try {
        write(batch);
      } catch (RuntimeException e) {
        for (Map.Entry<Key, LastSeen> entry : entries.subList(from, entries.size())) {
          sightings.putIfAbsent(entry.getKey(), entry.getValue());
        }
        throw e;
      }
    }
  }

  /** Finds those who are offline by now. */
  public void markDisconnected(Instant now) {
    if (now.isBefore(started)) {
      // The clock was set back, and what is written lies ahead: this is like a start.
      started = now;
    }
    if (!now.isBefore(started.plus(calm))) {
      db.<Integer>tx(tx -> DeviceStore.sweep(tx, now));
    }
  }

  private void write(List<Map.Entry<Key, LastSeen>> batch) {
    List<String> tenants = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<String> times = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    List<String> offline = new ArrayList<>();
    for (Map.Entry<Key, LastSeen> entry : batch) {
      tenants.add(entry.getKey().tenantId());
      ids.add(entry.getKey().deviceId());
      times.add(entry.getValue().time().toString());
      addresses.add(entry.getValue().address());
      offline.add(entry.getValue().offline().toString());
    }
    db.<Integer>tx(tx -> DeviceStore.seen(tx, tenants, ids, times, addresses, offline));
  }
}
