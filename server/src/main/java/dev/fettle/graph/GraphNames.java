package dev.fettle.graph;

import dev.fettle.base.ShippedFile;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.Root;
import dev.fettle.graph.schema.Schema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names that Microsoft Graph has at its root and on the entity types that are answered here, in
 * any version: those that this server does not answer as well. Immutable.
 */
final class GraphNames {

  private static final String DOCUMENT = "/graph/names.txt";
  private static final String ROOT = "/";

  /** In lower case, by the type's bare name. */
  private final Map<String, Set<String>> names = new HashMap<>();

  /** The names in the document that comes with the server. */
  GraphNames() {
    ShippedFile.text(DOCUMENT)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> List.of(Template.plain(line).split(" ")))
        .forEach(words -> names.put(words.getFirst(), Set.copyOf(words)));
  }

  /**
   * True if Microsoft Graph has the segment at that place of a path.
   *
   * @param at how many segments stand before it; what they are is read off the schema
   */
  boolean has(GraphVersion version, Schema schema, List<String> segments, int at) {
    if (version == GraphVersion.FETTLE || at < 0) {
      return false;
    }
    String owner = owner(schema, segments.subList(0, at));
    return owner != null && names.getOrDefault(owner, Set.of()).contains(name(segments.get(at)));
  }

  /** The type at the end of a path; null if the schema does not lead there, or a key is next. */
  private static @Nullable String owner(Schema schema, List<String> path) {
    EntityType type = null;
    boolean collection = false;
    for (String segment : path) {
      if (collection) {
        collection = false;
        continue;
      }
      String name = name(segment);
      if (type == null) {
        Root root = schema.root(name).orElse(null);
        if (root == null) {
          // A root of which single operations are served: its type has its name.
          return path.size() == 1 ? name : null;
        }
        type = root.type();
        collection = root.collection();
      } else {
        NavigationProperty navigation = type.navigation(name).orElse(null);
        if (navigation == null) {
          return null;
        }
        type = navigation.type();
        collection = navigation.collection();
      }
      collection &= segment.indexOf('(') < 0;
    }
    if (collection) {
      return null;
    }
    return type == null ? ROOT : Template.plain(type.qualifiedName());
  }

  /** A segment's name without a key or the parameters of a function. */
  private static String name(String segment) {
    int open = segment.indexOf('(');
    return Template.plain(open < 0 ? segment : segment.substring(0, open));
  }
}
