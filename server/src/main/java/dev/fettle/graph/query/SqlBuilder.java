package dev.fettle.graph.query;

import dev.fettle.db.Sql;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects statement text and binds; cheaper than a chain of immutable values. For one thread. */
final class SqlBuilder {

  private final @Nullable String known;
  private final StringBuilder text;
  private final List<@Nullable Object> binds = new ArrayList<>();

  /** A builder of a statement whose text is not known. */
  SqlBuilder() {
    this(null);
  }

  /**
   * A builder of a statement whose text may be known already.
   *
   * @param known the whole text where an earlier statement of the same kind had it already: then
   *     only the binds are collected
   */
  SqlBuilder(@Nullable String known) {
    this.known = known;
    this.text = new StringBuilder(known == null ? 512 : 0);
  }

  /** Adds text. */
  SqlBuilder add(String more) {
    if (known == null) {
      text.append(more);
    }
    return this;
  }

  /** Adds text with one question mark, and the value that is bound to it. */
  SqlBuilder add(String more, @Nullable Object bind) {
    binds.add(bind);
    return add(more);
  }

  /** Adds a part of a statement with its binds. */
  SqlBuilder add(Sql other) {
    binds.addAll(other.binds());
    return add(other.text());
  }

  /** The statement, or the part of one, that was collected. */
  Sql sql() {
    return Sql.assembled(known == null ? text.toString() : known, binds);
  }
}
