package dev.fettle.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;

/**
 * The form of the log of every command: one line of key=value an event, on standard error; of
 * libraries only warnings and errors. The logging library finds it by its name and reads no file,
 * which would take a tenth of a second at each start.
 */
public final class LogFormat extends ContextAwareBase implements Configurator {
  // A line break in a message would let a client forge a line of the log.
  private static final String PATTERN =
      "time=%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} level=%level logger=%logger{0}"
          + " %replace(%replace(%msg){'[\\r\\n]+', ' '}){'[\\x00-\\x1f]', '?'}%n%ex";

  /** Made by the logging library. */
  public LogFormat() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
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
    // Says with a stack trace what we answer with 503.
    context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
    // Would write down what agents prove themselves with.
    context.getLogger("org.apache.hc.client5.http").setLevel(Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
