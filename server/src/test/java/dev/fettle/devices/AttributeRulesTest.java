package dev.fettle.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttributeRulesTest {

  private static final Map<String, String> BEFORE = Map.of("a", "1", "b", "2");

  @Test
  void merging_replacing_and_removing_do_what_they_say() {
    assertThat(AttributeRules.apply(BEFORE, AttributeMode.MERGE, Map.of("b", "3", "c", "4")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "1", "b", "3", "c", "4"));
    assertThat(AttributeRules.apply(BEFORE, AttributeMode.REPLACE, Map.of("c", "4")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("c", "4"));
    assertThat(AttributeRules.apply(BEFORE, AttributeMode.REMOVE, Map.of("b", "whatever")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "1"));
  }

  @Test
  void a_null_removes_its_key() {
    Map<String, @Nullable String> sent = new HashMap<>();
    sent.put("a", null);
    assertThat(AttributeRules.apply(BEFORE, AttributeMode.MERGE, sent)).doesNotContainKey("a");
  }

  @Test
  void empty_and_too_long_are_refused_as_bad_and_too_many_as_a_limit() {
    assertThat(refusal(Map.of())).isInstanceOf(Reason.Invalid.class);
    assertThat(refusal(Map.of("k".repeat(129), "v"))).isInstanceOf(Reason.Invalid.class);
    assertThat(refusal(Map.of("k", "v".repeat(129)))).isInstanceOf(Reason.Invalid.class);
    assertThat(refusal(Map.of("k", "v\u0000")).message())
        .isEqualTo("The attribute 'k' holds the character U+0000.");
    Map<String, @Nullable String> many = new HashMap<>();
    for (int i = 0; i < 99; i++) {
      many.put("k" + i, "v");
    }
    assertThat(refusal(many)).isInstanceOf(Reason.TooManyRequests.class);
    assertThat(AttributeRules.apply(BEFORE, AttributeMode.REPLACE, many)).hasSize(99);
  }

  private static Reason refusal(Map<String, @Nullable String> sent) {
    Refusal[] caught = new Refusal[1];
    assertThatThrownBy(() -> AttributeRules.apply(BEFORE, AttributeMode.MERGE, sent))
        .isInstanceOfSatisfying(Refusal.class, refusal -> caught[0] = refusal);
    return caught[0].reason();
  }

  @Test
  void known_attributes_become_facts() {
    AttributeRules.Facts facts =
        AttributeRules.facts(
            Map.of(
                "manufacturer", " yealink ",
                "serialNo", "SN0001",
                "macAddresses", "00:11, 22:33",
                "deviceType", "COLLABORATIONBAR",
                "agent", "Fettle/0.1",
                "capability.restart", "true",
                "version.teamsClient", "1.0.96.22",
                "version.other", "1",
                "model", " "));
    assertThat(facts.manufacturer()).isEqualTo("yealink");
    assertThat(facts.model()).isNull();
    assertThat(facts.serialNumber()).isEqualTo("SN0001");
    assertThat(facts.macAddresses()).containsExactly("00:11", "22:33");
    assertThat(facts.deviceType()).isEqualTo(DeviceType.COLLABORATION_BAR);
    assertThat(facts.agent()).isEqualTo("fettle");
    assertThat(facts.canRestart()).isTrue();
    assertThat(facts.canRunDiagnostics()).isFalse();
    assertThat(AttributeRules.facts(Map.of("agent", "/7")).agent()).isNull();
  }

  /** A device that told its room only was taken for one that had gone back to its old version. */
  @Test
  void versions_are_told_by_what_is_sent_and_not_by_what_is_kept() {
    Map<String, @Nullable String> sent = new HashMap<>();
    sent.put("version.teamsClient", "1.0.96.22");
    sent.put("version.other", "1");
    sent.put("version.firmware", null);
    assertThat(AttributeRules.versions(AttributeMode.MERGE, sent))
        .containsExactly(Map.entry(SoftwareType.TEAMS_CLIENT, "1.0.96.22"));
    assertThat(AttributeRules.versions(AttributeMode.REMOVE, sent)).isEmpty();
  }
}
