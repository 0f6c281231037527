package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SyncScheduleTest {

  private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

  @Test
  void the_daily_sync_comes_within_two_days_at_a_time_of_the_librarys_own() {
    Set<Long> times = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      Instant next = SyncSchedule.nextDaily("library-" + i, NOW);
      assertThat(Duration.between(NOW, next)).isBetween(Duration.ofHours(12), Duration.ofHours(36));
      assertThat(Duration.between(next, SyncSchedule.nextDaily("library-" + i, next)))
          .isEqualTo(Duration.ofDays(1));
      times.add(next.getEpochSecond() % 86_400 / 3_600);
    }

    assertThat(times).hasSize(24);
  }
}
