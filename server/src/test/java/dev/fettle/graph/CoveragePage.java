package dev.fettle.graph;

import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Door;
import dev.fettle.support.AnsweredRows;
import dev.fettle.support.AnsweredRows.Seen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The page {@code docs/coverage.md}: every row of every door, and the tests that saw it answer. */
public final class CoveragePage {

  /** Names in a cell; the others are a number. */
  private static final int NAMED = 3;

  private static final String GRAPH = "graph";

  private final List<Route> rows;
  private final List<? extends Door> doors;
  private final Map<String, Seen> tests;
  private final RouteIndex index;

  /**
   * A page.
   *
   * @param coverage the rows of Graph's operations
   * @param doors every door, Graph's among them
   * @param tests by the keys of the rows, as {@link AnsweredRows} makes them
   */
  public CoveragePage(Coverage coverage, List<? extends Door> doors, Map<String, Seen> tests) {
    this.rows = coverage.rows();
    this.doors = List.copyOf(doors);
    this.tests = Map.copyOf(tests);
    this.index = new RouteIndex(rows, GraphVersion.schemas());
  }

  /** The paths of the built rows that read, as {@code /beta/teamwork/devices/{device-id}}. */
  public static List<String> readable(Coverage coverage) {
    return coverage.rows().stream()
        .filter(row -> row.method().equals("GET") && row.operation() != null)
        .flatMap(row -> row.versions().stream().map(version -> row.row(version).path()))
        .toList();
  }

  /**
   * The keys of the built rows that no test saw succeed. A row for any method takes what no other
   * row does in order to refuse it, so it has to be seen to refuse.
   */
  public Set<String> unseen() {
    Set<String> unseen = new TreeSet<>();
    for (Door door : doors) {
      for (Door.Row row : door.rows()) {
        String key = AnsweredRows.key(door.name(), row);
        Seen seen = seen(key);
        if ((row.method().equals("*") ? seen.refused() : seen.succeeded()).isEmpty()) {
          unseen.add(key);
        }
      }
    }
    for (Route row : rows) {
      if (row.operation() == null) {
        row.versions().forEach(version -> unseen.remove(key(version, row)));
      }
    }
    return unseen;
  }

  /** The page in Markdown. */
  public String text() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Coverage

        Made from the rows that the server dispatches on and from what the tests recorded. Do not \
        edit; CONTRIBUTING.md has the command. The last two columns name the test classes, and \
        the [exchanges](exchanges) by their files, that saw a row succeed (an answer below 400) \
        and refuse. After Graph's versions come the other doors of the server, each with a \
        protocol of its own; `*` stands for any method.

        Where the answer is *yes, and its properties*, the path goes on: to each property of the \
        entity, to the parts of complex ones (`…/hardwareDetail/model`) and to the bare value \
        (`…/displayName/$value`), with the permissions of the row.
        """);
    for (GraphVersion version : GraphVersion.values()) {
      page.append("\n## ").append(version.root().substring(1)).append("\n\n");
      page.append(
          """
          | operation | delegated | application | granted in the target | answers | succeeded in \
          | refused in |
          |---|---|---|---|---|---|---|
          """);
      rows.stream()
          .filter(row -> row.versions().contains(version))
          .sorted(
              Comparator.comparing((Route row) -> row.template().text())
                  .thenComparing(Route::method))
          .forEach(row -> page.append(line(version, row)));
    }
    for (Door door : doors) {
      page.append("\n## ").append(door.name()).append("\n\n");
      page.append("| operation | succeeded in | refused in |\n|---|---|---|\n");
      others(door)
          .forEach(
              row ->
                  page.append(
                      "| `%s %s` | %s |\n"
                          .formatted(
                              row.method(),
                              row.path(),
                              cells(AnsweredRows.key(door.name(), row)))));
    }
    return page.toString();
  }

  /** The rows of a door that are no operations of Graph. */
  private List<Door.Row> others(Door door) {
    List<Door.Row> others = new ArrayList<>(door.rows());
    rows.forEach(row -> row.versions().forEach(version -> others.remove(row.row(version))));
    return others;
  }

  private String line(GraphVersion version, Route row) {
    Permissions permissions = row.permissions(version);
    String notes = row.notes();
    return "| `%s %s` | %s | %s | %s | %s | %s |\n"
        .formatted(
            row.method(),
            row.template().text(),
            list(permissions.delegated()),
            list(permissions.application()),
            list(permissions.resourceSpecific()),
            answers(version, row) + (notes == null ? "" : "; " + notes),
            cells(key(version, row)));
  }

  private String answers(GraphVersion version, Route row) {
    if (row.operation() == null) {
      return "501";
    }
    return index.entity(version, row) == null ? "yes" : "yes, and its properties";
  }

  private String cells(String key) {
    return names(seen(key).succeeded()) + " | " + names(seen(key).refused());
  }

  private Seen seen(String key) {
    return tests.getOrDefault(key, new Seen(Set.of(), Set.of()));
  }

  private static String names(Set<String> tests) {
    String first = tests.stream().sorted().limit(NAMED).collect(Collectors.joining(", "));
    int more = tests.size() - NAMED;
    return tests.isEmpty() ? "–" : more > 0 ? first + " and %d more".formatted(more) : first;
  }

  private static String list(List<String> names) {
    return names.isEmpty() ? "–" : String.join(", ", names);
  }

  private static String key(GraphVersion version, Route row) {
    return AnsweredRows.key(GRAPH, row.row(version));
  }
}
