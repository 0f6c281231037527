package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.devices.EnrolledDevice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OfferedFilesTest {
  private static final List<Artifact> FILES =
      List.of(
          new Artifact("release", 7, "fw.swu", new Content("256", "1", "5", 10), Instant.EPOCH));

  private final AtomicLong nanos = new AtomicLong();
  private final OfferedFiles offered = new OfferedFiles(nanos::get);

  @Test
  void an_offer_holds_for_a_few_seconds() {
    offered.remember(device("tenant", "one"), 7, FILES);

    nanos.addAndGet(OfferedFiles.HOLDS.minus(Duration.ofMillis(1)).toNanos());
    assertThat(offered.recall(device("tenant", "one"), 7)).contains(FILES);

    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(offered.recall(device("tenant", "one"), 7)).isEmpty();
  }

  @Test
  void it_is_for_the_same_device_and_module_only() {
    offered.remember(device("tenant", "one"), 7, FILES);

    assertThat(offered.recall(device("tenant", "two"), 7)).isEmpty();
    assertThat(offered.recall(device("other", "one"), 7)).isEmpty();
    assertThat(offered.recall(device("tenant", "one"), 8)).isEmpty();
  }

  @Test
  void what_is_forgotten_is_looked_up_again() {
    offered.remember(device("tenant", "one"), 7, FILES);
    offered.remember(device("tenant", "two"), 7, FILES);

    offered.forget("tenant", "one");

    assertThat(offered.recall(device("tenant", "one"), 7)).isEmpty();
    assertThat(offered.recall(device("tenant", "two"), 7)).isPresent();
  }

  private static EnrolledDevice device(String tenantId, String deviceId) {
    return new EnrolledDevice(tenantId, deviceId, "panel-17", "unknown", false, false, false, null);
  }
}
