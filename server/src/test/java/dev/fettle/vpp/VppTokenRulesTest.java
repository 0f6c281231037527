package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.LibraryInfo;
import dev.fettle.vpp.apple.MdmInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VppTokenRulesTest {

  private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

  @ParameterizedTest
  @CsvSource({"31,", "30,30", "15,30", "14,14", "8,14", "7,7", "2,7", "1,1", "0,0", "-5,0"})
  void a_warning_is_due_at_thirty_fourteen_seven_and_one_days(
      int daysLeft, @Nullable Integer warning) {
    assertThat(VppTokenRules.warning(NOW.plus(Duration.ofDays(daysLeft)), NOW)).isEqualTo(warning);
  }

  @Test
  void observed_wins_over_declared_once_there_is_something_observed() {
    VppTokenDetails known = VppTokenDetails.unsaid();
    VppTokenDetails said = said();

    assertThat(VppTokenRules.settle(known, false, false, said)).isEqualTo(said);
    VppTokenDetails settled = VppTokenRules.settle(known, true, true, said);
    assertThat(settled.content().organizationName()).isNull();
    assertThat(settled.content().expirationDateTime()).isEqualTo(VppTokenRules.NEVER);
    assertThat(settled.state()).isEqualTo("unknown");
    assertThat(settled.sync().lastSyncStatus()).isEqualTo("none");
    assertThat(settled.settings().appleId()).isEqualTo("id");
    assertThat(settled.settings().automaticallyUpdateApps()).isTrue();
    assertThat(settled.settings().displayName()).isEqualTo("d");
  }

  /**
   * Deleting a vppToken used to end whatever notifications its library had: also those of the
   * service that had taken it over, and those of a second vppToken of the same location.
   */
  @Test
  void only_our_own_notifications_are_ended_with_a_vpp_token() {
    MdmInfo ours = new MdmInfo("our-id", "Fettle", "Fettle");
    MdmInfo others = new MdmInfo("other-id", "Other", "1");

    assertThat(VppTokenRules.silences(config(ours, "https://we/1"), "our-id", "https://we/1"))
        .isTrue();
    assertThat(VppTokenRules.silences(config(ours, "https://we/2"), "our-id", "https://we/1"))
        .isFalse();
    assertThat(VppTokenRules.silences(config(others, "https://we/1"), "our-id", "https://we/1"))
        .isFalse();
    assertThat(VppTokenRules.silences(config(ours, null), "our-id", "https://we/1")).isFalse();
  }

  private static ClientConfig config(MdmInfo holder, @Nullable String url) {
    return new ClientConfig(new LibraryInfo("1", null, holder), null, null, null, url, List.of());
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
    String expires = PreciseTime.of(NOW.plus(Duration.ofDays(days)));
    return new TokenAttention(
            "i", "d", "o", "a", state, true, expires, "Other", duplicate, failing, "down")
        .reasons(NOW).stream().map(TokenAttention.Reason::reason).toList();
  }

  private static VppTokenDetails said() {
    return new VppTokenDetails(
        new VppTokenDetails.Settings(
            "d", "education", "id", true, "us", true, true, List.of("1"), "default"),
        new VppTokenDetails.Content("o", "2016-01-01T00:00:00.0000000Z"),
        "valid",
        new VppTokenDetails.Sync(
            "2016-01-01T00:00:00.0000000Z", "completed", "l", Json.readTrusted("[{}]"), 12));
  }
}
