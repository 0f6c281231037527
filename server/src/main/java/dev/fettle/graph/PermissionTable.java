package dev.fettle.graph;

import dev.fettle.base.ShippedFile;
import dev.fettle.graph.schema.GraphVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of every operation, from the document {@code csdl/permissions.txt}, whose head
 * says how it is written. Immutable.
 */
final class PermissionTable {

  private static final String DOCUMENT = "/csdl/permissions.txt";

  private static final Set<String> WORDS =
      Set.of("open", "both", "delegated", "application", "granted", "narrow");

  /** The document that comes with the server. */
  private static final PermissionTable SHIPPED = new PermissionTable(ShippedFile.text(DOCUMENT));

  /** By method, root of the version and path, as in {@code GET /beta/teamwork/devices}. */
  private final Map<String, Permissions> permissions = new HashMap<>();

  /** Reads a document in the form of the one that comes with the server. */
  PermissionTable(String document) {
    for (String block : document.split("\n\\s*\n")) {
      List<String> rows = new ArrayList<>();
      Map<String, List<String>> opening = new HashMap<>();
      List<String> last = rows;
      for (String line : block.lines().filter(one -> !one.startsWith("#")).toList()) {
        List<String> words = List.of(line.strip().split(" "));
        if (line.startsWith("    ")) {
          last.addAll(words);
        } else if (line.startsWith("  ")) {
          last = new ArrayList<>(words.subList(1, words.size()));
          opening.put(words.getFirst(), last);
        } else {
          rows.add(line);
        }
      }
      put(rows, opening);
    }
  }

  /** The permissions of an operation; null if the document that comes with the server has none. */
  static @Nullable Permissions find(GraphVersion version, String method, String path) {
    return SHIPPED.permissions.get(method + " " + version.root() + path);
  }

  /** Every row of that document, as in {@code GET /beta/teamwork/devices}. */
  static Set<String> rows() {
    return new TreeSet<>(SHIPPED.permissions.keySet());
  }

  private void put(List<String> rows, Map<String, List<String>> opening) {
    if (rows.isEmpty()) {
      return;
    }
    List<String> both = opening.getOrDefault("both", List.of());
    List<String> granted = opening.getOrDefault("granted", List.of());
    boolean anyGranted = !granted.isEmpty();
    Permissions one =
        new Permissions(
            opening.getOrDefault("delegated", both),
            opening.getOrDefault("application", both),
            anyGranted ? granted.subList(2, granted.size()) : List.of(),
            anyGranted ? granted.get(0) : null,
            anyGranted ? granted.get(1) : null,
            Set.copyOf(opening.getOrDefault("narrow", List.of())));
    if (one.isOpen() != opening.containsKey("open") || !WORDS.containsAll(opening.keySet())) {
      throw new IllegalStateException(DOCUMENT + " says nothing clear about " + rows);
    }
    for (String row : rows) {
      List<String> words = List.of(row.split(" "));
      for (String version : words.subList(1, words.size() - 1)) {
        String root = version.equals("fettle") ? GraphVersion.FETTLE.root() : "/" + version;
        String name = words.getFirst() + " " + root + words.getLast();
        if (permissions.put(name, one) != null) {
          throw new IllegalStateException(DOCUMENT + " has two lists for " + name);
        }
      }
    }
  }
}
