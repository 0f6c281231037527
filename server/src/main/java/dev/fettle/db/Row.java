package dev.fettle.db;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One row of a result, read by column name.
 *
 * <p>The plain accessors are for columns that are never null, and throw if one is; those that end
 * in {@code OrNull} are for the others.
 */
public interface Row {
  /** A text column. */
  String text(String column);

  /** A text column that may be null. */
  @Nullable String textOrNull(String column);

  /** An integer column. */
  int integer(String column);

  /** An integer column that may be null. */
  @Nullable Integer integerOrNull(String column);

  /** A bigint column. */
  long bigint(String column);

  /** A bigint column that may be null. */
  @Nullable Long bigintOrNull(String column);

  /** A double precision column that may be null. */
  @Nullable Double doubleOrNull(String column);

  /** A boolean column. */
  boolean flag(String column);

  /** A boolean column that may be null. */
  @Nullable Boolean flagOrNull(String column);

  /** A timestamptz column. */
  Instant time(String column);

  /** A timestamptz column that may be null. */
  @Nullable Instant timeOrNull(String column);

  /** A bytea column. */
  byte[] bytes(String column);

  /** A bytea column that may be null. */
  byte @Nullable [] bytesOrNull(String column);

  /** A text[] column; its elements are never null. */
  List<String> texts(String column);

  /** A text[] column that may be null. */
  @Nullable List<String> textsOrNull(String column);

  /** A jsonb column. */
  JsonNode json(String column);

  /** A jsonb column that may be null. */
  @Nullable JsonNode jsonOrNull(String column);
}
