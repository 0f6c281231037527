package dev.fettle.graph.query;

import dev.fettle.db.Sql;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects statement text and binds; cheaper than a chain of immutable values. */
final class SqlBuilder {

  private final @Nullable String known;
  private final StringBuilder text;
  private final List<@Nullable Object> binds = new ArrayList<>();

  SqlBuilder() {
    this(null);
  }

  /**
   * @param known the whole text where an earlier statement of the same kind had it already: then
   *     only the binds are collected
   */
  SqlBuilder(@Nullable String known) {
    this.known = known;
    this.text = new StringBuilder(known == null ? 512 : 0);
  }

  SqlBuilder add(String more) {
    if (known == null) {
      text.append(more);
    }
    return this;
  }

  SqlBuilder add(String more, @Nullable Object bind) {
    binds.add(bind);
    return add(more);
  }

  SqlBuilder add(Sql other) {
    binds.addAll(other.binds());
    return add(other.text());
  }

  Sql sql() {
    return Sql.of(known == null ? text.toString() : known, binds.toArray());
  }
}
