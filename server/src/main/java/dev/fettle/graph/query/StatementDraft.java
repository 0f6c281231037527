package dev.fettle.graph.query;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The parts of a statement that grow while it is planned: the select list, which has each
 * expression once, and the aliases of what is joined.
 */
final class StatementDraft {

  private final Map<String, String> labels = new LinkedHashMap<>();
  private int aliases;
  private boolean expands;

  /** The label of an expression in the result; it is selected if it was not yet. */
  String label(String sql) {
    return labels.computeIfAbsent(sql, expression -> "c" + labels.size());
  }

  /** An alias that the statement does not have yet. */
  String alias() {
    return "t" + ++aliases;
  }

  /** Notes that collections are expanded, which statements of their own read. */
  void expand() {
    expands = true;
  }

  boolean expands() {
    return expands;
  }

  /** The select list. */
  String columns() {
    return labels.entrySet().stream()
        .map(column -> column.getKey() + " " + column.getValue())
        .collect(Collectors.joining(", "));
  }
}
