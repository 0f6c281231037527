package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Settings;
import java.util.Map;
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

  @Test
  void a_start_tells_of_the_settings_that_differ_from_their_defaults_and_at_debug_level_of_all() {
    Settings settings =
        Settings.read(
            Mode.DEV, Map.of("log.level", "warn", "http.port", "8080"), Map.of(), Map.of());
    Logger log = (Logger) LoggerFactory.getLogger("dev.fettle.test.settings");
    log.setAdditive(false);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);

    log.setLevel(Level.INFO);
    Logging.settings(log, settings);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("event=setting log.level=warn source=file");

    log.setLevel(Level.DEBUG);
    Logging.settings(log, settings);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .hasSize(1 + settings.effective().size())
        .contains("event=setting http.port=8080 source=file");
  }
}
