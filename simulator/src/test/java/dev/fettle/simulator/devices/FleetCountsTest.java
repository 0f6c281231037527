package dev.fettle.simulator.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.agent.ddi.DdiException;
import java.net.ConnectException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FleetCountsTest {

  @Test
  void failed_requests_are_told_apart_by_what_was_wrong() {
    FleetCounts counts = new FleetCounts();
    counts.failed(new DdiException(503, "busy"));
    counts.failed(new DdiException(503, "busy"));
    counts.failed(new ConnectException("refused"));
    assertThat(counts.errors()).isEqualTo(3);
    assertThat(counts.reasons())
        .containsExactly(Map.entry("ConnectException", 1L), Map.entry("HTTP 503", 2L));
  }
}
