package dev.fettle.db;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.json.Json;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One row of a result, read by column name.
 *
 * <p>The plain accessors are for columns that are never null, and throw if one is; those that end
 * in {@code OrNull} are for the others.
 */
public final class Row {
  private final ResultSet result;

  Row(ResultSet result) {
    this.result = result;
  }

  private interface Getter<T> {
    @Nullable T get(String column) throws SQLException;
  }

  private static <T> @Nullable T value(String column, Getter<T> getter) {
    try {
      return getter.get(column);
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  private static <T> T present(String column, @Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("column " + column + " is null");
    }
    return value;
  }

  private <T> @Nullable T unlessNull(T value) throws SQLException {
    return result.wasNull() ? null : value;
  }

  /** A text column. */
  public String text(String column) {
    return present(column, textOrNull(column));
  }

  /** A text column that may be null. */
  public @Nullable String textOrNull(String column) {
    return Row.<String>value(column, result::getString);
  }

  /** An integer column. */
  public int integer(String column) {
    return present(column, integerOrNull(column));
  }

  /** An integer column that may be null. */
  public @Nullable Integer integerOrNull(String column) {
    return Row.<Integer>value(column, name -> unlessNull(result.getInt(name)));
  }

  /** A bigint column. */
  public long bigint(String column) {
    return present(column, bigintOrNull(column));
  }

  /** A bigint column that may be null. */
  public @Nullable Long bigintOrNull(String column) {
    return Row.<Long>value(column, name -> unlessNull(result.getLong(name)));
  }

  /** A double precision column that may be null. */
  public @Nullable Double doubleOrNull(String column) {
    return Row.<Double>value(column, name -> unlessNull(result.getDouble(name)));
  }

  /** A boolean column. */
  public boolean flag(String column) {
    return present(column, flagOrNull(column));
  }

  /** A boolean column that may be null. */
  public @Nullable Boolean flagOrNull(String column) {
    return Row.<Boolean>value(column, name -> unlessNull(result.getBoolean(name)));
  }

  /** A timestamptz column. */
  public Instant time(String column) {
    return present(column, timeOrNull(column));
  }

  /** A timestamptz column that may be null. */
  public @Nullable Instant timeOrNull(String column) {
    OffsetDateTime time =
        Row.<OffsetDateTime>value(column, name -> result.getObject(name, OffsetDateTime.class));
    return time == null ? null : time.toInstant();
  }

  /** A bytea column. */
  public byte[] bytes(String column) {
    return present(column, bytesOrNull(column));
  }

  /** A bytea column that may be null. */
  public byte @Nullable [] bytesOrNull(String column) {
    return Row.<byte[]>value(column, result::getBytes);
  }

  /** A text[] column; its elements are never null. */
  public List<String> texts(String column) {
    return present(column, textsOrNull(column));
  }

  /** A text[] column that may be null. */
  public @Nullable List<String> textsOrNull(String column) {
    return Row.<List<String>>value(
        column,
        name -> {
          Array array = result.getArray(name);
          if (array == null) {
            return null;
          }
          Object[] elements = (Object[]) array.getArray();
          List<String> texts = new ArrayList<>(elements.length);
          for (Object element : elements) {
            texts.add((String) element);
          }
          return List.copyOf(texts);
        });
  }

  /** A jsonb column. */
  public JsonNode json(String column) {
    return present(column, jsonOrNull(column));
  }

  /** A jsonb column that may be null. */
  public @Nullable JsonNode jsonOrNull(String column) {
    String text = textOrNull(column);
    return text == null ? null : Json.read(text.getBytes(UTF_8));
  }

  /** The value of the first column, which is not null, in that type. */
  Object first(Class<?> type) {
    try {
      String column = result.getMetaData().getColumnLabel(1);
      return present(column, RecordShape.value(this, column, type));
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }
}
