package dev.fettle.graph.query;

import dev.fettle.db.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place where a page ended: read off the page's last row, and made into the condition for the
 * rows that follow. Null stands for null.
 */
final class Cursor {

  private Cursor() {}

  /** The place of a row in that order, as texts. */
  static List<@Nullable String> at(List<PlannedStatement.SortColumn> order, Row row) {
    List<@Nullable String> values = new ArrayList<>();
    for (PlannedStatement.SortColumn term : order) {
      values.add(written(term, row));
    }
    return values;
  }

  private static @Nullable String written(PlannedStatement.SortColumn term, Row row) {
    return switch (term.kind()) {
      case INTEGER, BIGINT -> {
        Long value = row.bigintOrNull(term.label());
        yield value == null ? null : value.toString();
      }
      case FLAG -> {
        Boolean value = row.flagOrNull(term.label());
        yield value == null ? null : value.toString();
      }
      case TIME -> {
        Instant value = row.timeOrNull(term.label());
        yield value == null ? null : value.toString();
      }
      case TEXT, ADDRESS, PRECISE_TIME, ENUM, FLAGS, TEXTS, ENUMS, DOCUMENT ->
          row.textOrNull(term.label());
    };
  }

  private static Object read(PlannedStatement.SortColumn term, String written) {
    return switch (term.kind()) {
      case INTEGER, BIGINT -> Long.valueOf(written);
      case FLAG -> Boolean.valueOf(written);
      case TIME -> Instant.parse(written);
      case TEXT, ADDRESS, PRECISE_TIME, ENUM, FLAGS, TEXTS, ENUMS, DOCUMENT -> written;
    };
  }

  /** The condition that a row comes after the cursor. */
  static void after(
      SqlBuilder out, List<PlannedStatement.SortColumn> order, List<@Nullable String> values) {
    boolean plain = true;
    for (PlannedStatement.SortColumn term : order) {
      plain &= !term.nullable() && term.descending() == order.getFirst().descending();
    }
    if (plain) {
      // One comparison of rows, which an index over the order can answer.
      String symbol = order.getFirst().descending() ? " < (" : " > (";
      out.add(" and (");
      for (int i = 0; i < order.size(); i++) {
        out.add(i == 0 ? "" : ", ").add(order.get(i).sql());
      }
      out.add(")").add(symbol);
      for (int i = 0; i < order.size(); i++) {
        out.add(i == 0 ? "?" : ", ?", value(order.get(i), values.get(i)));
      }
      out.add(")");
      return;
    }
    Object first = value(order.getFirst(), values.getFirst());
    if (first != null && !order.getFirst().nullable()) {
      // Says nothing new, and lets an index begin at the cursor.
      String symbol = order.getFirst().descending() ? " <= ?" : " >= ?";
      out.add(" and " + order.getFirst().sql() + symbol, first);
    }
    out.add(" and (false");
    for (int i = 0; i < order.size(); i++) {
      PlannedStatement.SortColumn term = order.get(i);
      Object value = value(term, values.get(i));
      if (value == null && term.descending()) {
        continue; // nothing comes after null
      }
      out.add(" or (");
      for (int j = 0; j < i; j++) {
        Object same = value(order.get(j), values.get(j));
        if (same == null) {
          out.add(order.get(j).sql()).add(" is null and ");
        } else {
          out.add(order.get(j).sql() + " = ? and ", same);
        }
      }
      if (value == null) {
        out.add(term.sql()).add(" is not null");
      } else if (!term.descending()) {
        out.add(term.sql() + " > ?", value);
      } else if (term.nullable()) {
        out.add("(" + term.sql() + " < ?", value).add(" or " + term.sql() + " is null)");
      } else {
        out.add(term.sql() + " < ?", value);
      }
      out.add(")");
    }
    out.add(")");
  }

  private static @Nullable Object value(
      PlannedStatement.SortColumn term, @Nullable String written) {
    return written == null ? null : read(term, written);
  }
}
