package dev.fettle.db.embedded;

import org.jspecify.annotations.Nullable;

/** The embedded server cannot run here. The message is for people: what, why, and what to do. */
public final class EmbeddedPostgresFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  EmbeddedPostgresFailure(String message) {
    this(message, null);
  }

  EmbeddedPostgresFailure(String message, @Nullable Throwable cause) {
    super(
        message
            + " To use a PostgreSQL server of your own instead, set database.url (with"
            + " database.user and database.password).",
        cause);
  }
}
