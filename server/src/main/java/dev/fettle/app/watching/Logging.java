package dev.fettle.app.watching;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import dev.fettle.app.settings.Settings;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log: one line of key=value an event, on standard error. Set up in code, because reading a
 * configuration file takes a tenth of a second at each start.
 */
public final class Logging {
  // A line break in a message would let a client forge a line of the log.
  private static final String PATTERN =
      "time=%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} level=%level logger=%logger{0}"
          + " %replace(%replace(%msg){'[\\r\\n]+', ' '}){'[\\x00-\\x1f]', '?'}%n%ex";

  private Logging() {}

  /** Libraries speak only when something is wrong. */
  public static void start(String level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    context.getLogger("dev.fettle").setLevel(Level.toLevel(level.toUpperCase(Locale.ROOT)));
    // The web server's library logs here, and greets at each start.
    java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
    // Says with a stack trace what we answer with 503.
    context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
  }

  /** Puts the settings in force into the log, one a line, without secrets. */
  public static void sayEffective(Logger log, Settings settings) {
    settings.effective().forEach(line -> log.info("event=setting {}", line));
  }
}
