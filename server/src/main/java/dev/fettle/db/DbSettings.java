package dev.fettle.db;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The address of the database, and the share of it that we use.
 *
 * @param url a JDBC URL of PostgreSQL, or of a database that speaks its protocol
 * @param user the role to log in as
 * @param password its password, if it has one
 * @param connections how many connections may be open at once
 * @param idleConnections how many stay open when nothing happens
 * @param admissionWait how long a request waits for a connection before it is refused
 * @param statementTimeout how long one statement may run
 */
public record DbSettings(
    String url,
    @Nullable String user,
    @Nullable String password,
    int connections,
    int idleConnections,
    Duration admissionWait,
    Duration statementTimeout) {
  /** Leaves the password out, because settings are printed. */
  @Override
  public String toString() {
    return "DbSettings[url=%s, user=%s, connections=%d]".formatted(url, user, connections);
  }
}
