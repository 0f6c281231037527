package dev.fettle.db;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meaning of a driver's exception to the rest of the house, by its SQLSTATE. */
final class SqlStates {
  private static final Logger LOG = LoggerFactory.getLogger(SqlStates.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /** The state of a write on a standby, or on a server that was told to store nothing. */
  static final String READ_ONLY = "25006";

  private SqlStates() {}

  static RuntimeException translate(SQLException failure, String statement) {
    String state = failure.getSQLState();
    if (state == null) {
      return failure instanceof SQLTransientConnectionException
          ? refused("The database is out of reach. Try again in a moment.")
          : bug(failure, statement);
    }
    return switch (state) {
      case "23505" -> new UniqueViolation(constraint(failure));
      // What is referred to is gone, or what shall go is referred to: the rules looked beforehand,
      // so somebody else was quicker. A second look says which it was.
      case "23503", "23001", "23P01" ->
          violated(
              failure,
              Reason.conflict(
                  "Another request deleted or used something that this one relies on, at the same"
                      + " moment. Nothing was stored. Look at what is there before you try"
                      + " again."));
      case "23514" ->
          violated(
              failure,
              Reason.invalid(
                  null,
                  "A value breaks a rule of what can be stored ('%s'). Nothing was stored."
                      .formatted(constraint(failure))));
      // Shut down by an administrator, after a crash, starting up, no connection left, fail-over.
      case READ_ONLY -> new Refusal(readOnly());
      case "57P01", "57P02", "57P03", "53300" ->
          refused("The database is out of reach. Try again in a moment.");
      case "57014", "55P03", "25P03" ->
          refused("The database took too long to answer. Try again in a moment.");
      case "40001", "40P01" ->
          refused("Another request changed the same data at the same moment. Try again.");
      case "53100", "53200" ->
          new Refusal(
              new Reason.InsufficientStorage("The database has no room left. Nothing was stored."));
      case "22021", "22P05" -> Refusal.invalid(null, "Text may not contain the character U+0000.");
      case "54000", "22001" -> Refusal.invalid(null, "A value is too long to be stored.");
      case "22003", "22008" -> Refusal.invalid(null, "A number or time is too large to be stored.");
      default ->
          state.startsWith("08") || failure instanceof SQLTransientConnectionException
              ? refused("The database is out of reach. Try again in a moment.")
              : bug(failure, statement);
    };
  }

  /**
   * The meaning of a commit that failed. If it was the connection that broke, the database may have
   * done it: the only failure of which nobody can say whether anything was stored.
   */
  static RuntimeException translateCommit(SQLException failure) {
    String state = failure.getSQLState();
    if (state != null && !state.startsWith("08") && !state.startsWith("57P")) {
      return translate(failure, "commit");
    }
    LOG.warn("event=commit_unknown problem=\"{}\"", failure.getMessage());
    return new Refusal(
        new Reason.CompletionUnknown(
            "The connection to the database broke while the change was being stored: it may be"
                + " stored or not. Look at what is there before you send it again."));
  }

  static Reason readOnly() {
    return unavailable(
        "The database is read-only, as a standby is: nothing can be stored. Try again in a"
            + " moment.");
  }

  static Reason unavailable(String message) {
    return new Reason.Unavailable(RETRY_AFTER, message);
  }

  private static Refusal refused(String message) {
    return new Refusal(unavailable(message));
  }

  /** Noted too: if it is no race it is a bug, and the answer does not tell the two apart. */
  private static Refusal violated(SQLException failure, Reason reason) {
    LOG.warn(
        "event=constraint_violated state={} constraint={}",
        failure.getSQLState(),
        constraint(failure));
    return new Refusal(reason);
  }

  private static DatabaseFailure bug(SQLException failure, String statement) {
    String message = failure.getMessage() + (statement.isEmpty() ? "" : " in: " + statement);
    return new DatabaseFailure(message, failure);
  }

  private static String constraint(SQLException failure) {
    @Nullable ServerErrorMessage details =
        failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
    String name = details == null ? null : details.getConstraint();
    return name == null ? "" : name;
  }
}
