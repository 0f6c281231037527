package dev.fettle.graph.query;

import dev.fettle.db.Sql;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement of a plan: the rows of the request, or of one expanded collection.
 *
 * @param columns the select list
 * @param where what holds for every row of the resource
 * @param key where this is an expanded collection: the column that names the parent
 * @param keyLabel its label in the result
 * @param top where this is an expanded collection: the most rows for each parent
 */
record PlannedStatement(
    String columns,
    String from,
    String tenant,
    @Nullable String where,
    @Nullable Sql filter,
    List<SortColumn> order,
    EntityPrinter printer,
    boolean expands,
    String key,
    String keyLabel,
    @Nullable Integer top) {

  /**
   * A term of the order.
   *
   * @param nullable whether the expression may be null: nulls come first, last if descending
   */
  record SortColumn(
      String sql, String label, Resource.Kind kind, boolean descending, boolean nullable) {}

  /** The order-by clause. */
  String orderBy() {
    StringBuilder out = new StringBuilder();
    for (SortColumn term : order) {
      out.append(out.isEmpty() ? " order by " : ", ").append(term.sql());
      out.append(term.descending() ? " desc" : "");
      if (term.nullable()) {
        out.append(term.descending() ? " nulls last" : " nulls first");
      }
    }
    return out.toString();
  }

  /** Everything from {@code from} up to and with the filter. */
  void rows(SqlBuilder out, String tenantId, @Nullable Sql scope) {
    out.add(" from ").add(from).add(" where ").add(tenant + " = ?", tenantId);
    if (where != null) {
      out.add(" and (").add(where).add(")");
    }
    if (scope != null && !scope.text().isBlank()) {
      out.add(" and (").add(scope).add(")");
    }
    if (filter != null) {
      out.add(" and ").add(filter);
    }
  }
}
