package dev.fettle.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class NotePaceTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private static int notes(Duration time, boolean news) {
    NotePace pace = new NotePace();
    int notes = 0;
    for (Duration at = Duration.ZERO; at.compareTo(time) < 0; at = at.plusSeconds(5)) {
      notes += pace.due(START.plus(at), news) ? 1 : 0;
    }
    return notes;
  }

  /**
   * Each look at the installer was a note, and after 83 minutes the server took no more of them.
   */
  @Test
  void an_installation_of_hours_stays_below_what_a_server_takes() {
    assertThat(notes(Duration.ofHours(6), true)).isBetween(400, 500);
    assertThat(notes(Duration.ofHours(6), false)).isEqualTo(360);
  }

  @Test
  void what_is_new_is_told_at_once_in_a_short_installation() {
    assertThat(notes(Duration.ofMinutes(5), true)).isEqualTo(60);
    assertThat(notes(Duration.ofMinutes(5), false)).isEqualTo(5);
  }
}
