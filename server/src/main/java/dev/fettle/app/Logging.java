package dev.fettle.app;

import static org.slf4j.event.Level.DEBUG;
import static org.slf4j.event.Level.INFO;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.fettle.app.settings.Settings;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The levels of the log; {@link LogFormat} has its form. */
final class Logging {
  private Logging() {}

  /** Sets the server's level; libraries still log warnings and errors only. */
  static void start(String level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger("dev.fettle").setLevel(Level.toLevel(level.toUpperCase(Locale.ROOT)));
    // The web server's library logs here, and greets at each start.
    java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
  }

  /** Puts the settings that differ from their defaults into the log; all of them at debug level. */
  static void settings(Logger log, Settings settings) {
    for (Settings.Effective setting : settings.effective()) {
      log.atLevel(setting.isDefault() ? DEBUG : INFO).log("event=setting {}", setting.line());
    }
  }
}
