package dev.fettle.graph.query;

import dev.fettle.db.Sql;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects statement text and binds; cheaper than a chain of immutable values. */
final class SqlBuilder {

  private final StringBuilder text = new StringBuilder(512);
  private final List<@Nullable Object> binds = new ArrayList<>();

  SqlBuilder add(String more) {
    text.append(more);
    return this;
  }

  SqlBuilder add(String more, @Nullable Object bind) {
    text.append(more);
    binds.add(bind);
    return this;
  }

  SqlBuilder add(Sql other) {
    text.append(other.text());
    binds.addAll(other.binds());
    return this;
  }

  Sql sql() {
    return Sql.of(text.toString(), binds.toArray());
  }
}
