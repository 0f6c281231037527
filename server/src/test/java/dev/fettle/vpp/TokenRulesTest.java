package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.vpp.apple.AppleError;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.MdmInfo;
import dev.fettle.vpp.apple.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenRulesTest {

  private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

  @Property
  void licences_in_use_are_never_below_zero_or_above_the_total(
      @ForAll long used, @ForAll long total) {
    assertThat(TokenRules.total(total)).isGreaterThanOrEqualTo(0);
    assertThat(TokenRules.used(used, total)).isBetween(0, TokenRules.total(total));
  }

  @ParameterizedTest
  @CsvSource({"31,", "30,30", "15,30", "14,14", "8,14", "7,7", "2,7", "1,1", "0,0", "-5,0"})
  void a_warning_is_due_at_thirty_fourteen_seven_and_one_days(
      int daysLeft, @Nullable Integer warning) {
    assertThat(TokenRules.warning(NOW.plus(Duration.ofDays(daysLeft)), NOW)).isEqualTo(warning);
  }

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
            TokenRules.refusedState(
                AppleError.of(number), Instant.parse(year + "-01-01T00:00:00Z"), NOW))
        .isEqualTo(state);
  }

  @Test
  void trouble_is_tried_again_with_growing_pauses_and_no_sooner_than_apple_asks() {
    AppleFailure.Why down = new AppleFailure.Why.Unavailable("HTTP 500", null);
    AppleFailure.Why busy = new AppleFailure.Why.Unavailable("429", Duration.ofMinutes(10));

    assertThat(TokenRules.afterFailure(down, 1, NOW, NOW))
        .isEqualTo(new TokenRules.AfterFailure.GoOn(NOW.plusSeconds(30)));
    assertThat(TokenRules.afterFailure(down, 3, NOW, NOW))
        .isEqualTo(new TokenRules.AfterFailure.GoOn(NOW.plusSeconds(120)));
    assertThat(TokenRules.afterFailure(busy, 1, NOW, NOW))
        .isEqualTo(new TokenRules.AfterFailure.GoOn(NOW.plusSeconds(600)));
    assertThat(TokenRules.afterFailure(busy, 6, NOW, NOW))
        .isEqualTo(new TokenRules.AfterFailure.GiveUp(null));
  }

  @Test
  void ten_minutes_of_too_many_requests_are_outlasted() {
    Duration waited = Duration.ZERO;
    for (int attempt = 1; attempt < TokenRules.SYNC_ATTEMPTS; attempt++) {
      if (TokenRules.afterFailure(new AppleFailure.Why.Unavailable("429", null), attempt, NOW, NOW)
          instanceof TokenRules.AfterFailure.GoOn(Instant when)) {
        waited = waited.plus(Duration.between(NOW, when));
      }
    }

    assertThat(waited).isGreaterThan(Duration.ofMinutes(10));
  }

  @Test
  void a_library_is_ours_by_the_id_and_not_by_the_name() {
    assertThat(TokenRules.holder(null, "a")).isEqualTo(new TokenRules.Holder.Nobody());
    assertThat(TokenRules.holder(new MdmInfo("a", "x", "y"), "a"))
        .isEqualTo(new TokenRules.Holder.Ours());
    assertThat(TokenRules.holder(new MdmInfo("b", "Fettle", "Fettle"), "a"))
        .isEqualTo(new TokenRules.Holder.Other("Fettle"));
  }

  @Test
  void the_daily_sync_comes_within_two_days_at_a_time_of_the_librarys_own() {
    Set<Long> times = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      Instant next = TokenRules.nextDaily("library-" + i, NOW);
      assertThat(Duration.between(NOW, next)).isBetween(Duration.ofHours(12), Duration.ofHours(36));
      assertThat(Duration.between(next, TokenRules.nextDaily("library-" + i, next)))
          .isEqualTo(Duration.ofDays(1));
      times.add(next.getEpochSecond() % 86_400 / 3_600);
    }

    assertThat(times).hasSize(24);
  }

  @Test
  void observed_wins_over_declared_once_there_is_something_observed() {
    TokenDetails known = TokenDetails.unsaid();
    TokenDetails said = said();

    assertThat(TokenRules.settle(new VppToken("i", known, false, false, null), said))
        .isEqualTo(said);
    TokenDetails settled = TokenRules.settle(new VppToken("i", known, true, true, "1"), said);
    assertThat(settled.organizationName()).isNull();
    assertThat(settled.expires()).isEqualTo(TokenRules.NEVER);
    assertThat(settled.state()).isEqualTo("unknown");
    assertThat(settled.lastSyncStatus()).isEqualTo("none");
    assertThat(settled.appleId()).isEqualTo("id");
    assertThat(settled.automaticallyUpdateApps()).isTrue();
    assertThat(settled.displayName()).isEqualTo("d");
  }

  /**
   * Deleting a vppToken used to end whatever notifications its library had: also those of the
   * service that had taken it over, and those of a second vppToken of the same location.
   */
  @Test
  void only_our_own_notifications_are_ended_with_a_vpp_token() {
    MdmInfo ours = new MdmInfo("our-id", "Fettle", "Fettle");
    MdmInfo others = new MdmInfo("other-id", "Other", "1");

    assertThat(TokenRules.silences(config(ours, "https://we/1"), "our-id", "https://we/1"))
        .isTrue();
    assertThat(TokenRules.silences(config(ours, "https://we/2"), "our-id", "https://we/1"))
        .isFalse();
    assertThat(TokenRules.silences(config(others, "https://we/1"), "our-id", "https://we/1"))
        .isFalse();
    assertThat(TokenRules.silences(config(ours, null), "our-id", "https://we/1")).isFalse();
  }

  private static ClientConfig config(MdmInfo holder, @Nullable String url) {
    return new ClientConfig(new Standing("1", null, holder), null, null, null, url, List.of());
  }

  @Test
  void attention_says_what_and_why() {
    assertThat(reasons("valid", 20, false, null)).containsExactly("expiring");
    assertThat(reasons("valid", 40, false, null)).isEmpty();
    assertThat(reasons("valid", 0, false, null)).containsExactly("expired");
    assertThat(reasons("unknown", -1, false, null)).containsExactly("expired");
    assertThat(reasons("expired", -1, false, NOW)).containsExactly("expired", "syncFailing");
    assertThat(reasons("invalid", 40, true, null)).containsExactly("revoked", "duplicateLocation");
    assertThat(reasons("assignedToExternalMDM", 40, false, null))
        .containsExactly("heldByAnotherService");
  }

  private static List<String> reasons(
      String state, int days, boolean duplicate, @Nullable Instant failing) {
    return Attention.of(
            new Attention.Facts(
                state, true, NOW.plus(Duration.ofDays(days)), "Other", duplicate, failing, "down"),
            NOW)
        .stream()
        .map(Attention::reason)
        .toList();
  }

  private static TokenDetails said() {
    return new TokenDetails(
        "d",
        "o",
        "education",
        "id",
        "2016-01-01T00:00:00.0000000Z",
        "2016-01-01T00:00:00.0000000Z",
        "valid",
        "completed",
        true,
        "us",
        "l",
        true,
        true,
        List.of("1"),
        "[{}]",
        "default",
        12);
  }
}
