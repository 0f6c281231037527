package dev.fettle.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SoftwareVersionTest {

  private static final List<String> ASCENDING =
      List.of(
          "",
          "0.0.0.1",
          "0.9",
          "1.0-alpha",
          "1.0-beta",
          "1.0-beta.2",
          "1.0-beta.10",
          "1.0",
          "1.0.0.1",
          "1.0.9",
          "1.0.10",
          "1.0.95.2",
          "1.0.96.22",
          "1.0.96.100",
          "1.2",
          "1.10",
          "2",
          "10.8.9.10",
          "2020.7.10.1",
          "2021.4.4.8",
          "99999999999999999999",
          "100000000000000000000");

  @Test
  void versions_are_compared_as_numbers_component_by_component() {
    List<String> shuffled = new ArrayList<>(ASCENDING);
    Collections.shuffle(shuffled, new Random(7));
    assertThat(shuffled.stream().map(SoftwareVersion::of).sorted().map(SoftwareVersion::text))
        .containsExactlyElementsOf(ASCENDING);
  }

  @Test
  void the_order_of_keys_is_the_order_of_versions() {
    assertThat(
            ASCENDING.stream()
                .sorted(
                    (a, b) -> SoftwareVersion.of(a).key().compareTo(SoftwareVersion.of(b).key())))
        .containsExactlyElementsOf(ASCENDING);
  }

  @Test
  void zeros_that_mean_nothing_make_no_difference() {
    assertThat(SoftwareVersion.of("1.0")).isEqualTo(SoftwareVersion.of("1.00.0"));
    assertThat(SoftwareVersion.of("01.2")).isEqualTo(SoftwareVersion.of("1.2.0.0"));
    assertThat(SoftwareVersion.of("1.0-RC1")).isEqualTo(SoftwareVersion.of("1-rc1"));
    assertThat(SoftwareVersion.of("1.0.1")).isNotEqualTo(SoftwareVersion.of("1.1"));
  }

  @Test
  void what_is_no_version_is_told_from_what_is() {
    assertThat(List.of("1.0.96.22", "2020.7", "v3", "1.0-beta+5", "1_2~3"))
        .allMatch(SoftwareVersion::isValid);
    assertThat(
            List.of(
                "", " 1.0", "1.0 ", ".1", "-1", "1/2", "1.0\n", "1.0\u0000", "ü1", "1".repeat(65)))
        .noneMatch(SoftwareVersion::isValid);
  }
}
