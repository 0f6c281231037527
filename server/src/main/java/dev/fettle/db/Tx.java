package dev.fettle.db;

import dev.fettle.base.EnumNames;
import dev.fettle.json.Json;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;
import tools.jackson.databind.JsonNode;

/** A lent connection: statements run in order, on the thread that got it. */
public final class Tx {
  private static final int ROWS_PER_FETCH = 500;

  private final Connection connection;
  private final LongAdder statements;
  private boolean wrote;

  Tx(Connection connection, LongAdder statements) {
    this.connection = connection;
    this.statements = statements;
  }

  /**
   * Ends the transaction; what only read has lost nothing if that fails.
   *
   * @return whether anything may have been stored
   */
  boolean commit() {
    try {
      connection.commit();
      return wrote;
    } catch (SQLException e) {
      throw wrote ? SqlStates.translateCommit(e) : SqlStates.translate(e, "commit");
    }
  }

  private void count(Sql statement) {
    statements.increment();
    wrote |= !statement.text().stripLeading().regionMatches(true, 0, "select", 0, 6);
  }

  /** The only row of a query, or nothing; more than one row is a bug. */
  public <T> Optional<T> one(Sql query, RowReader<T> reader) {
    List<T> rows = list(query, reader);
    if (rows.size() > 1) {
      throw new IllegalStateException(rows.size() + " rows where one was expected: " + query);
    }
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  /**
   * The only row of a query, or nothing: as a record by the names of its columns, or as the value
   * of its first column.
   */
  public <T> Optional<T> one(Sql query, Class<T> type) {
    return one(query, reader(type));
  }

  /** All rows of a query, as records by the names of their columns or as values of the first. */
  public <T> List<T> list(Sql query, Class<T> type) {
    return list(query, reader(type));
  }

  private static <T> RowReader<T> reader(Class<T> type) {
    if (type.isRecord()) {
      RecordShape shape = RecordShape.of(type);
      return row -> type.cast(shape.read(row));
    }
    return row -> type.cast(row.first(type));
  }

  /** All rows of a query. */
  public <T> List<T> list(Sql query, RowReader<T> reader) {
    List<T> rows = new ArrayList<>();
    each(query, row -> rows.add(reader.read(row)));
    return rows;
  }

  /** Each row as it arrives; inside a transaction a large result is never held whole. */
  public void each(Sql query, RowConsumer consumer) {
    count(query);
    try (PreparedStatement statement = connection.prepareStatement(query.text())) {
      statement.setFetchSize(ROWS_PER_FETCH);
      bind(statement, query.binds());
      try (ResultSet result = statement.executeQuery()) {
        Row row = new Row(result);
        while (result.next()) {
          consumer.accept(row);
        }
      }
    } catch (SQLException e) {
      throw new SqlFailure(e, query.text());
    }
  }

  /** Runs an insert, update, delete or other command; answers how many rows it touched. */
  public int update(Sql command) {
    count(command);
    try (PreparedStatement statement = connection.prepareStatement(command.text())) {
      bind(statement, command.binds());
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new SqlFailure(e, command.text());
    }
  }

  private void bind(PreparedStatement statement, List<@Nullable Object> binds) throws SQLException {
    for (int i = 0; i < binds.size(); i++) {
      bind(statement, i + 1, binds.get(i));
    }
  }

  private void bind(PreparedStatement statement, int position, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(position, Types.NULL);
      case String text -> statement.setString(position, text);
      case Integer number -> statement.setInt(position, number);
      case Long number -> statement.setLong(position, number);
      case Double number -> statement.setDouble(position, number);
      case BigDecimal number -> statement.setBigDecimal(position, number);
      case Boolean flag -> statement.setBoolean(position, flag);
      case Instant time -> statement.setObject(position, time.atOffset(ZoneOffset.UTC));
      case Enum<?> constant -> statement.setString(position, EnumNames.of(constant));
      case byte[] bytes -> statement.setBytes(position, bytes);
      case UUID id -> statement.setObject(position, id);
      case List<?> texts ->
          statement.setArray(position, connection.createArrayOf("text", texts.toArray()));
      case JsonNode json -> {
        PGobject document = new PGobject();
        document.setType("jsonb");
        document.setValue(Json.text(json));
        statement.setObject(position, document);
      }
      default -> throw new IllegalArgumentException("cannot bind a " + value.getClass().getName());
    }
  }
}
