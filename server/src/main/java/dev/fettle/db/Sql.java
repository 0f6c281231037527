package dev.fettle.db;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statement text with the values bound to its question marks.
 *
 * <p>Immutable: {@code append} answers a new value, so a constant can be extended safely. The text
 * is always ours; whatever a client said goes into a bind. A question mark that is an operator of
 * PostgreSQL is written {@code ??}.
 *
 * <p>Binds may be String, Integer, Long, Double, BigDecimal, Boolean, Instant, byte[], UUID, List
 * of String (text[]), JsonNode (jsonb) or null.
 */
@CheckReturnValue
public final class Sql {
  private final String text;
  private final List<@Nullable Object> binds;

  private Sql(String text, List<@Nullable Object> binds) {
    this.text = text;
    this.binds = binds;
  }

  /** A statement, or a piece of one, with a value for each question mark. */
  public static Sql of(String text, @Nullable Object... binds) {
    List<@Nullable Object> values = new ArrayList<>(binds.length);
    Collections.addAll(values, binds);
    return new Sql(text, values);
  }

  /** This statement followed by more text and its values. */
  public Sql append(String more, @Nullable Object... moreBinds) {
    List<@Nullable Object> values = new ArrayList<>(binds.size() + moreBinds.length);
    values.addAll(binds);
    Collections.addAll(values, moreBinds);
    return new Sql(text + more, values);
  }

  /** This statement followed by another piece. */
  public Sql append(Sql other) {
    List<@Nullable Object> values = new ArrayList<>(binds.size() + other.binds.size());
    values.addAll(binds);
    values.addAll(other.binds);
    return new Sql(text + other.text, values);
  }

  /** The statement's text, with its question marks. */
  public String text() {
    return text;
  }

  /** The bound values, in the order of the question marks. */
  public List<@Nullable Object> binds() {
    return Collections.unmodifiableList(binds);
  }

  /** The text alone: bound values may be personal, and this lands in logs. */
  @Override
  public String toString() {
    return text;
  }
}
