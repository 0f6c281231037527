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

/** The current row of a JDBC result. */
final class ResultRow implements Row {
  private final ResultSet result;

  ResultRow(ResultSet result) {
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

  @Override
  public String text(String column) {
    return present(column, textOrNull(column));
  }

  @Override
  public @Nullable String textOrNull(String column) {
    return ResultRow.<String>value(column, result::getString);
  }

  @Override
  public int integer(String column) {
    return present(column, integerOrNull(column));
  }

  @Override
  public @Nullable Integer integerOrNull(String column) {
    return ResultRow.<Integer>value(column, name -> unlessNull(result.getInt(name)));
  }

  @Override
  public long bigint(String column) {
    return present(column, bigintOrNull(column));
  }

  @Override
  public @Nullable Long bigintOrNull(String column) {
    return ResultRow.<Long>value(column, name -> unlessNull(result.getLong(name)));
  }

  @Override
  public @Nullable Double doubleOrNull(String column) {
    return ResultRow.<Double>value(column, name -> unlessNull(result.getDouble(name)));
  }

  @Override
  public boolean flag(String column) {
    return present(column, flagOrNull(column));
  }

  @Override
  public @Nullable Boolean flagOrNull(String column) {
    return ResultRow.<Boolean>value(column, name -> unlessNull(result.getBoolean(name)));
  }

  @Override
  public Instant time(String column) {
    return present(column, timeOrNull(column));
  }

  @Override
  public @Nullable Instant timeOrNull(String column) {
    OffsetDateTime time =
        ResultRow.<OffsetDateTime>value(
            column, name -> result.getObject(name, OffsetDateTime.class));
    return time == null ? null : time.toInstant();
  }

  @Override
  public byte[] bytes(String column) {
    return present(column, bytesOrNull(column));
  }

  @Override
  public byte @Nullable [] bytesOrNull(String column) {
    return ResultRow.<byte[]>value(column, result::getBytes);
  }

  @Override
  public List<String> texts(String column) {
    return present(column, textsOrNull(column));
  }

  @Override
  public @Nullable List<String> textsOrNull(String column) {
    return ResultRow.<List<String>>value(
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

  @Override
  public JsonNode json(String column) {
    return present(column, jsonOrNull(column));
  }

  @Override
  public @Nullable JsonNode jsonOrNull(String column) {
    String text = textOrNull(column);
    return text == null ? null : Json.read(text.getBytes(UTF_8));
  }
}
