package dev.fettle.graph.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreciseTimeTest {

  @ParameterizedTest
  @CsvSource({
    "2017-01-01T00:02:43.5775965-08:00, 2017-01-01T08:02:43.5775965Z",
    "2017-01-01T00:02:43Z, 2017-01-01T00:02:43Z",
    "2017-01-01T00:02:43.100Z, 2017-01-01T00:02:43.1Z",
    "2017-01-01T00:02:43.12345678999, 2017-01-01T00:02:43.1234567Z",
    "2017-01-01T00:02Z, 2017-01-01T00:02:00Z",
    "2017-01-01t00:02:43z, 2017-01-01T00:02:43Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999Z, 9999-12-31T23:59:59.9999999Z"
  })
  void every_form_of_the_samples_is_read_and_printed_with_the_digits_it_needs(
      String written, String printed) {
    String stored = PreciseTime.parse(written);
    assertThat(stored).isNotNull().hasSize(28);
    assertThat(PreciseTime.printed(stored)).isEqualTo(printed);
    assertThat(PreciseTime.of(PreciseTime.instant(stored))).isEqualTo(stored);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2017",
        "2017-01-01",
        "2021-06-19T12-01-03.45Z",
        "2017-13-01T00:00:00Z",
        "2017-02-30T00:00:00Z",
        "2017-01-01T24:00:00Z",
        "2017-01-01T00:00:00.Z",
        "2017-01-01T00:00:00+0200",
        "2017-01-01T00:00:00+19:00",
        "0001-01-01T00:00:00+01:00",
        "2017-01-01 00:00:00Z",
        "2017-01-01T00:00:00Zz",
        "٢٠١٧-01-01T00:00:00Z"
      })
  void other_texts_are_not_times(String text) {
    assertThat(PreciseTime.parse(text)).isNull();
  }

  @Test
  void digits_below_100_ns_are_cut_off() {
    assertThat(PreciseTime.printed(Instant.parse("2026-01-01T00:00:00.000000199Z")))
        .isEqualTo("2026-01-01T00:00:00.0000001Z");
  }
}
