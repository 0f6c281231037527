package dev.fettle.graph;

import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Door;
import dev.fettle.http.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The operations that the server covers, read off its rows: the page {@code docs/coverage.md} and
 * the permissions that open anything at all.
 */
public final class Coverage {

  private final List<Route> rows;
  private final RouteIndex index;

  public Coverage(List<Route> rows, Map<GraphVersion, Schema> schemas) {
    this.rows = List.copyOf(rows);
    this.index = new RouteIndex(rows, schemas);
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

  /** The rows that the page lists. */
  List<Route> rows() {
    return rows;
  }

  private Set<String> permissions(Function<Permissions, List<String>> kind) {
    return rows.stream()
        .flatMap(row -> row.versions().stream().map(row::permissions))
        .flatMap(permissions -> kind.apply(permissions).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The name of the row that a request line addresses, such as {@code GET /beta/teamwork/devices}.
   */
  public Optional<String> row(String method, String target) {
    String path = target.split("\\?", 2)[0];
    for (GraphVersion version : GraphVersion.values()) {
      if (path.startsWith(version.root() + "/")) {
        List<String> segments = new ArrayList<>();
        for (String raw : path.substring(version.root().length() + 1).split("/")) {
          segments.add(Request.decode(raw));
        }
        return index.matching(version, method, segments).map(row -> name(version, row));
      }
    }
    return Optional.empty();
  }

  /**
   * The page in Markdown.
   *
   * @param tests the names of the tests that call a row, by the row's name
   * @param others the doors beside Graph's
   */
  public String page(Map<String, ? extends Set<String>> tests, List<? extends Door> others) {
    StringBuilder page = new StringBuilder();
    page.append("# Coverage\n\n");
    page.append(
        "Made from the rows that the server dispatches on. Do not edit; CONTRIBUTING.md has the"
            + " command. After Graph's versions come the other doors of the server, each with a"
            + " protocol of its own; `*` stands for any method.\n\n"
            + "Where the answer is *yes, and its properties*, the path goes on: to each property of"
            + " the entity, to the parts of complex ones (`…/hardwareDetail/model`) and to the bare"
            + " value (`…/displayName/$value`), with the permissions of the row.\n");
    for (GraphVersion version : GraphVersion.values()) {
      page.append("\n## ").append(version.root().substring(1)).append("\n\n");
      page.append(
          "| operation | delegated | application | granted in the target | answers | tests |\n");
      page.append("|---|---|---|---|---|---|\n");
      rows.stream()
          .filter(row -> row.versions().contains(version))
          .sorted(
              Comparator.comparing((Route row) -> row.template().text())
                  .thenComparing(Route::method))
          .forEach(row -> page.append(line(version, row, tests)));
    }
    for (Door door : others) {
      page.append("\n## ").append(door.name()).append("\n\n| operation |\n|---|\n");
      door.rows().forEach(row -> page.append("| `%s %s` |%n".formatted(row.method(), row.path())));
    }
    return page.toString();
  }

  private String line(GraphVersion version, Route row, Map<String, ? extends Set<String>> tests) {
    Permissions permissions = row.permissions(version);
    String notes = row.notes();
    Set<String> named = tests.get(name(version, row));
    return "| `%s %s` | %s | %s | %s | %s | %s |%n"
        .formatted(
            row.method(),
            row.template().text(),
            list(permissions.delegated()),
            list(permissions.application()),
            list(permissions.resourceSpecific()),
            answers(version, row) + (notes == null ? "" : "; " + notes),
            named == null ? "" : String.join(", ", new TreeSet<>(named)));
  }

  private String answers(GraphVersion version, Route row) {
    if (row.operation() == null) {
      return "501";
    }
    return index.entity(version, row) == null ? "yes" : "yes, and its properties";
  }

  private static String list(List<String> names) {
    return names.isEmpty() ? "–" : String.join(", ", names);
  }

  private static String name(GraphVersion version, Route row) {
    return row.method() + " " + version.root() + row.template().text();
  }
}
