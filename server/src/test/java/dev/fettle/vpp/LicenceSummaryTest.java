package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class LicenceSummaryTest {

  @Property
  void licences_in_use_are_never_below_zero_or_above_the_total(
      @ForAll long used, @ForAll long total) {
    assertThat(LicenceSummary.total(total)).isGreaterThanOrEqualTo(0);
    assertThat(LicenceSummary.used(used, total)).isBetween(0, LicenceSummary.total(total));
  }
}
