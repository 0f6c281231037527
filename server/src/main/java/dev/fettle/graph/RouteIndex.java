package dev.fettle.graph;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Schema;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the row of a path. A tree of segments: names are compared in any letter case and with or
 * without their namespace, keys stand as segments or in parentheses, and a name wins over a key.
 * Behind the path of an entity that can be read come its properties, which the schema names.
 */
final class RouteIndex {

  /**
   * A row with the values of its keys.
   *
   * @param segments how many of the path's segments are the row's own
   * @param property what the segments after them address within the entity, or null
   */
  record Match(
      Route route, Map<String, String> keys, int segments, @Nullable PropertyPath property) {}

  private static final class Node {
    final Map<String, Node> names = new HashMap<>();
    final Map<String, Node> functions = new HashMap<>();
    @Nullable Node key;
    final Map<GraphVersion, Map<String, Route>> routes = new EnumMap<>(GraphVersion.class);
    final Map<GraphVersion, EntityType> entities = new EnumMap<>(GraphVersion.class);
  }

  /** OData's own segments, which are no keys; in parentheses they are. */
  private static final Set<String> SYSTEM =
      Set.of("$count", "$ref", "$value", "$batch", "$metadata", "$all", "$entity", "$query");

  /** A key with the name of the property, as OData's own clients write it. */
  private static final Pattern NAMED_KEY =
      Pattern.compile("id\\s*=\\s*('.*')", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private final Node root = new Node();
  private final Map<GraphVersion, Schema> schemas;
  private final GraphNames graphNames = new GraphNames();

  RouteIndex(List<Route> rows, Map<GraphVersion, Schema> schemas) {
    this.schemas = Map.copyOf(schemas);
    for (Route row : rows) {
      Node node = root;
      for (Template.Segment segment : row.template().segments()) {
        node = child(node, segment);
      }
      for (GraphVersion version : row.versions()) {
        row.permissions(version); // a row without permissions stops the start
        Route other =
            node.routes
                .computeIfAbsent(version, ignored -> new TreeMap<>())
                .putIfAbsent(row.method(), row);
        if (other != null) {
          throw new IllegalArgumentException("Two rows for one operation: " + row + ", " + other);
        }
        EntityType entity = entity(version, row);
        if (entity != null) {
          node.entities.put(version, entity);
        }
      }
    }
  }

  /**
   * The row for a method and the decoded segments below the version root.
   *
   * @throws Refusal with {@link Reason.Invalid} for an unknown segment, {@link
   *     Reason.MethodNotAllowed} where the path exists and does not take the method
   */
  Match find(GraphVersion version, String method, List<String> segments) {
    Search search = new Search(version, segments);
    Node node = search.walk(root, 0);
    if (node == null) {
      Match property = property(version, method, segments);
      if (property != null) {
        return property;
      }
      throw unknown(version, segments, search.furthest);
    }
    return match(node, method, search, null);
  }

  private static Match match(
      Node node, String method, Search search, @Nullable PropertyPath property) {
    Map<String, Route> methods = node.routes.getOrDefault(search.version, Map.of());
    boolean read = method.equals("GET") || method.equals("HEAD");
    Route route = property == null || read ? methods.get(read ? "GET" : method) : null;
    if (route == null) {
      throw new Refusal(
          new Reason.MethodNotAllowed(
              property == null ? new TreeSet<>(methods.keySet()) : Set.of("GET"),
              "Specified HTTP method is not allowed for the request target."));
    }
    Map<String, String> keys = new HashMap<>();
    List<String> names = route.template().keys();
    for (int i = 0; i < names.size(); i++) {
      keys.put(names.get(i), search.values.get(i));
    }
    return new Match(route, keys, search.segments.size(), property);
  }

  /** The row of an entity together with what the rest of the path addresses in it. */
  private @Nullable Match property(GraphVersion version, String method, List<String> segments) {
    Schema schema = schemas.get(version);
    for (int end = segments.size() - 1; end > 0 && schema != null; end--) {
      Search search = new Search(version, segments.subList(0, end));
      Node node = search.walk(root, 0);
      EntityType entity = node == null ? null : node.entities.get(version);
      if (node != null && entity != null) {
        PropertyPath property =
            PropertyPath.of(schema, entity, segments.subList(end, segments.size()));
        if (property != null) {
          return match(node, method, search, property);
        }
      }
    }
    return null;
  }

  /** The type of the entity that the row reads; null if it does anything else. */
  @Nullable EntityType entity(GraphVersion version, Route row) {
    Schema schema = schemas.get(version);
    return schema == null || !row.method().equals("GET") || row.operation() == null
        ? null
        : row.template().entity(schema).orElse(null);
  }

  /** One search for the node of a path. */
  private static final class Search {
    final GraphVersion version;
    final List<String> segments;

    /** The values of the keys on the way to the node. */
    final List<String> values = new ArrayList<>();

    /** The segment that the best attempt came to, for the error text. */
    int furthest;

    Search(GraphVersion version, List<String> segments) {
      this.version = version;
      this.segments = segments;
    }

    @Nullable Node walk(Node node, int at) {
      furthest = Math.max(furthest, at);
      if (at == segments.size()) {
        return node.routes.containsKey(version) ? node : null;
      }
      String segment = segments.get(at);
      Node name = node.names.get(Template.plain(segment));
      Node found = name == null ? null : walk(name, at + 1);
      if (found != null) {
        return found;
      }
      int mark = values.size();
      int open = segment.indexOf('(');
      if (open > 0 && segment.endsWith(")")) {
        found = inParentheses(node, at, open);
        if (found != null) {
          return found;
        }
        values.subList(mark, values.size()).clear();
      }
      Node key = node.key;
      if (key != null && !segment.isEmpty() && !SYSTEM.contains(segment.toLowerCase(Locale.ROOT))) {
        values.add(segment);
        found = walk(key, at + 1);
        if (found != null) {
          return found;
        }
        values.subList(mark, values.size()).clear();
      }
      return null;
    }

    /**
     * {@code devices('id')}, {@code devices(id)}, {@code devices(id='id')} or {@code
     * name(parameter='value')}.
     */
    private @Nullable Node inParentheses(Node node, int at, int open) {
      String segment = segments.get(at);
      String name = Template.plain(segment.substring(0, open));
      String inner = segment.substring(open + 1, segment.length() - 1);
      Node set = node.names.get(name);
      if (set != null && set.key != null && !inner.isEmpty()) {
        values.add(key(inner));
        return walk(set.key, at + 1);
      }
      Map<String, String> arguments = arguments(inner);
      Node function =
          arguments == null ? null : node.functions.get(signature(name, arguments.keySet()));
      if (arguments == null || function == null) {
        return null;
      }
      values.addAll(arguments.values());
      return walk(function, at + 1);
    }
  }

  private static Node child(Node node, Template.Segment segment) {
    return switch (segment) {
      case Template.Literal(String name) ->
          node.names.computeIfAbsent(Template.plain(name), ignored -> new Node());
      case Template.Key ignored -> {
        Node key = node.key;
        if (key == null) {
          key = new Node();
          node.key = key;
        }
        yield key;
      }
      case Template.Function(String name, List<Template.Function.Parameter> parameters) -> {
        Set<String> names = new TreeSet<>();
        parameters.forEach(parameter -> names.add(parameter.name().toLowerCase(Locale.ROOT)));
        yield node.functions.computeIfAbsent(
            signature(Template.plain(name), names), ignored -> new Node());
      }
    };
  }

  private static String signature(String name, Set<String> parameters) {
    return name + parameters;
  }

  /** Named arguments in the order of their names, or null if the text is none. */
  private static @Nullable TreeMap<String, String> arguments(String text) {
    TreeMap<String, String> arguments = new TreeMap<>();
    int at = 0;
    while (at < text.length()) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        return null;
      }
      int end = equals + 1;
      boolean quoted = false;
      while (end < text.length() && (quoted || text.charAt(end) != ',')) {
        quoted ^= text.charAt(end) == '\'';
        end++;
      }
      arguments.put(
          text.substring(at, equals).strip().toLowerCase(Locale.ROOT),
          unquoted(text.substring(equals + 1, end).strip()));
      at = end + 1;
    }
    return arguments;
  }

  /** The key that parentheses hold. */
  private static String key(String inner) {
    Matcher named = NAMED_KEY.matcher(inner);
    return unquoted(named.matches() ? named.group(1) : inner);
  }

  /** Takes quotes off; a doubled quote inside stands for one. */
  private static String unquoted(String text) {
    return text.length() >= 2 && text.startsWith("'") && text.endsWith("'")
        ? text.substring(1, text.length() - 1).replace("''", "'")
        : text;
  }

  private Refusal unknown(GraphVersion version, List<String> segments, int furthest) {
    int at = Math.min(furthest, segments.size() - 1);
    String segment = at < 0 ? "" : segments.get(at);
    for (GraphVersion other : GraphVersion.values()) {
      if (other != version
          && (new Search(other, segments).walk(root, 0) != null
              || property(other, "GET", segments) != null)) {
        return notFound(
            segment,
            " It is served under %s, not under %s.".formatted(other.root(), version.root()));
      }
    }
    Schema schema = schemas.get(version);
    return notFound(
        segment,
        schema != null && graphNames.has(version, schema, segments, at)
            ? " Microsoft Graph has it, Fettle does not serve it; docs/coverage.md lists what it"
                + " serves."
            : "");
  }

  /**
   * The refusal of a segment, in Graph's words.
   *
   * @param more what can be said about it beyond that, after a space; or nothing
   */
  static Refusal notFound(String segment, String more) {
    return Refusal.invalid(
        null, "Resource not found for the segment '%s'.".formatted(segment) + more);
  }
}
