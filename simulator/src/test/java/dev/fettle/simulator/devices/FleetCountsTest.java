package dev.fettle.simulator.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.agent.ddi.DdiException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FleetCountsTest {

  @Test
  void failed_requests_are_told_apart_by_what_was_wrong() {
    FleetCounts counts = new FleetCounts();
    counts.failed(new DdiException(503, "busy"));
    counts.failed(new DdiException(503, "busy"));
    counts.failed(new DdiException(401, "who are you"));
    counts.failed(new ConnectException("refused"));
    counts.failed(new IOException("GET http://a: refused", new ConnectException("refused")));
    counts.failed(new IllegalStateException("a fault of the simulator"));
    assertThat(counts.errors()).isEqualTo(6);
    assertThat(counts.reasons())
        .containsExactly(
            Map.entry("ConnectException", 2L),
            Map.entry("HTTP 401 (the tenant or the token is not accepted)", 1L),
            Map.entry("HTTP 503", 2L),
            Map.entry("IllegalStateException", 1L));
  }
}
