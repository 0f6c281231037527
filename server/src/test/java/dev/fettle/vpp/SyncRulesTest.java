package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.vpp.apple.AppleError;
import dev.fettle.vpp.apple.AppleFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SyncRulesTest {

  private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "9621, 2030, expired",
    "9625, 2030, invalid",
    "9601, 2030, invalid",
    "9622, 2030, invalid",
    "9722, 2030, invalid",
    "9622, 2020, expired",
    "9637, 2030,",
    "9603, 2030,",
    "4711, 2030,",
  })
  void a_refusal_tells_revoked_from_expired(int number, int year, @Nullable String state) {
    assertThat(
            SyncRules.refusedState(
                AppleError.of(number), Instant.parse(year + "-01-01T00:00:00Z"), NOW))
        .isEqualTo(state);
  }

  @Test
  void trouble_is_tried_again_with_growing_pauses_and_no_sooner_than_apple_asks() {
    AppleFailure.Kind down = new AppleFailure.Kind.Unavailable("HTTP 500", null);
    AppleFailure.Kind busy = new AppleFailure.Kind.Unavailable("429", Duration.ofMinutes(10));

    assertThat(SyncRules.afterFailure(down, 1, NOW, NOW))
        .isEqualTo(new SyncRules.AfterFailure.GoOn(NOW.plusSeconds(30)));
    assertThat(SyncRules.afterFailure(down, 3, NOW, NOW))
        .isEqualTo(new SyncRules.AfterFailure.GoOn(NOW.plusSeconds(120)));
    assertThat(SyncRules.afterFailure(busy, 1, NOW, NOW))
        .isEqualTo(new SyncRules.AfterFailure.GoOn(NOW.plusSeconds(600)));
    assertThat(SyncRules.afterFailure(busy, 6, NOW, NOW))
        .isEqualTo(new SyncRules.AfterFailure.GiveUp(null));
  }

  @Test
  void ten_minutes_of_too_many_requests_are_outlasted() {
    Duration waited = Duration.ZERO;
    for (int attempt = 1; attempt < SyncRules.ATTEMPTS; attempt++) {
      if (SyncRules.afterFailure(new AppleFailure.Kind.Unavailable("429", null), attempt, NOW, NOW)
          instanceof SyncRules.AfterFailure.GoOn(Instant when)) {
        waited = waited.plus(Duration.between(NOW, when));
      }
    }

    assertThat(waited).isGreaterThan(Duration.ofMinutes(10));
  }

  @Test
  void the_daily_sync_comes_within_two_days_at_a_time_of_the_librarys_own() {
    Set<Long> times = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      Instant next = SyncRules.nextDaily("library-" + i, NOW);
      assertThat(Duration.between(NOW, next)).isBetween(Duration.ofHours(12), Duration.ofHours(36));
      assertThat(Duration.between(next, SyncRules.nextDaily("library-" + i, next)))
          .isEqualTo(Duration.ofDays(1));
      times.add(next.getEpochSecond() % 86_400 / 3_600);
    }

    assertThat(times).hasSize(24);
  }
}
