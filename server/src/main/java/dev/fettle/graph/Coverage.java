package dev.fettle.graph;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

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
    return permissions(Permissions::application);
  }

  /** Every delegated permission that opens some row. */
  public Set<String> delegatedPermissions() {
    return permissions(Permissions::delegated);
  }

  private Set<String> permissions(Function<Permissions, List<String>> kind) {
    return rows.stream()
        .flatMap(row -> row.versions().stream().map(row::permissions))
        .flatMap(permissions -> kind.apply(permissions).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
