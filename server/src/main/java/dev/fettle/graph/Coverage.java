package dev.fettle.graph;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The rows that the server covers, and the permissions that open any of them. */
public final class Coverage {

  private final List<Route> rows;

  public Coverage(List<Route> rows) {
    this.rows = List.copyOf(rows);
  }

  /** Every row, for the page {@code docs/coverage.md}. */
  List<Route> rows() {
    return rows;
  }

  /**
   * Every application permission that opens some row; resource-specific ones are not among them.
   */
  public Set<String> applicationPermissions() {
    Set<String> all = new TreeSet<>();
    rows.forEach(row -> all.addAll(row.permissions().application()));
    return all;
  }

  /** Every delegated permission that opens some row. */
  public Set<String> delegatedPermissions() {
    Set<String> all = new TreeSet<>();
    rows.forEach(row -> all.addAll(row.permissions().delegated()));
    return all;
  }
}
