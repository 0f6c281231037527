package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.devices.AuthenticatedDevice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ArtifactCacheTest {
  private static final List<Artifact> FILES =
      List.of(
          new Artifact("release", 7, "fw.swu", new Content("256", "1", "5", 10), Instant.EPOCH));

  private final AtomicLong nanos = new AtomicLong();
  private final ArtifactCache cache = new ArtifactCache(nanos::get);

  @Test
  void an_offer_holds_for_a_few_seconds() {
    cache.put(device("tenant", "one"), 7, FILES);

    nanos.addAndGet(ArtifactCache.LIFETIME.minus(Duration.ofMillis(1)).toNanos());
    assertThat(cache.find(device("tenant", "one"), 7)).contains(FILES);

    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(cache.find(device("tenant", "one"), 7)).isEmpty();
  }

  @Test
  void it_is_for_the_same_device_and_module_only() {
    cache.put(device("tenant", "one"), 7, FILES);

    assertThat(cache.find(device("tenant", "two"), 7)).isEmpty();
    assertThat(cache.find(device("other", "one"), 7)).isEmpty();
    assertThat(cache.find(device("tenant", "one"), 8)).isEmpty();
  }

  @Test
  void what_is_forgotten_is_looked_up_again() {
    cache.put(device("tenant", "one"), 7, FILES);
    cache.put(device("tenant", "two"), 7, FILES);

    cache.remove("tenant", "one");

    assertThat(cache.find(device("tenant", "one"), 7)).isEmpty();
    assertThat(cache.find(device("tenant", "two"), 7)).isPresent();
  }

  private static AuthenticatedDevice device(String tenantId, String deviceId) {
    return new AuthenticatedDevice(
        tenantId, deviceId, "panel-17", "unknown", false, false, false, null);
  }
}
