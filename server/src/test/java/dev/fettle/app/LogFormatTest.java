package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class LogFormatTest {

  /** The HTTP library of the agent writes whole requests at debug level, credentials included. */
  @ParameterizedTest
  @ValueSource(
      strings = {"org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers", "io.any"})
  void libraries_speak_only_when_something_is_wrong(String logger) {
    assertThat(((Logger) LoggerFactory.getLogger(logger)).getEffectiveLevel())
        .isEqualTo(Level.WARN);
  }

  @Test
  void a_level_for_the_server_leaves_libraries_silent() {
    Logger own = (Logger) LoggerFactory.getLogger("dev.fettle");
    Level before = own.getLevel();
    try {
      Logging.start("debug");

      assertThat(LoggerFactory.getLogger("dev.fettle.app").isDebugEnabled()).isTrue();
      assertThat(LoggerFactory.getLogger("org.apache.hc.client5.http.wire").isInfoEnabled())
          .isFalse();
    } finally {
      own.setLevel(before);
    }
  }
}
