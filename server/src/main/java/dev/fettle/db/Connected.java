package dev.fettle.db;

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

/** The statements of one lent connection. */
final class Connected implements Tx {
  private static final int ROWS_PER_FETCH = 500;

  private final Connection connection;
  private final LongAdder statements;
  private boolean wrote;

  Connected(Connection connection, LongAdder statements) {
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

  @Override
  public <T> Optional<T> one(Sql query, RowReader<T> reader) {
    List<T> rows = list(query, reader);
    if (rows.size() > 1) {
      throw new IllegalStateException(rows.size() + " rows where one was expected: " + query);
    }
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  @Override
  public <T> List<T> list(Sql query, RowReader<T> reader) {
    List<T> rows = new ArrayList<>();
    each(query, row -> rows.add(reader.read(row)));
    return rows;
  }

  @Override
  public void each(Sql query, RowConsumer consumer) {
    count(query);
    try (PreparedStatement statement = connection.prepareStatement(query.text())) {
      statement.setFetchSize(ROWS_PER_FETCH);
      bind(statement, query.binds());
      try (ResultSet result = statement.executeQuery()) {
        Row row = new ResultRow(result);
        while (result.next()) {
          consumer.accept(row);
        }
      }
    } catch (SQLException e) {
      throw new SqlFailure(e, query.text());
    }
  }

  @Override
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
