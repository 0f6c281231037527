package dev.fettle.http;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table of rows by their paths. Names are compared in any letter case and win over keys; HEAD is
 * answered by the row for GET. Immutable.
 */
public final class Endpoints {
  private static final String ANY = "*";

  /** Answers one request, whose keys are decoded. */
  @FunctionalInterface
  public interface Operation {
    /** Carries the request out. */
    Response answer(Request request, Map<String, String> keys);
  }

  /** A row: a method, a path with keys in braces, and what answers them. */
  public record Endpoint(Door.Row row, Operation operation) {

    /** Answers one method. */
    public Endpoint(String method, String path, Operation operation) {
      this(new Door.Row(method, path), operation);
    }

    /** Answers every method. */
    public static Endpoint any(String path, Operation operation) {
      return new Endpoint(ANY, path, operation);
    }
  }

  private static final class Node {
    final Map<String, Node> names = new HashMap<>();
    final Map<String, Endpoint> methods = new TreeMap<>();
    @Nullable Node key;
    String keyName = "";
  }

  private final Node root = new Node();
  private final List<Door.Row> rows;

  /** A table of these rows. */
  public Endpoints(List<Endpoint> endpoints) {
    rows = endpoints.stream().map(Endpoint::row).toList();
    for (Endpoint endpoint : endpoints) {
      Node node = root;
      for (String segment : endpoint.row().path().substring(1).split("/")) {
        node = child(node, segment);
      }
      if (node.methods.putIfAbsent(endpoint.row().method(), endpoint) != null) {
        throw new IllegalArgumentException("Two rows for " + endpoint.row().path());
      }
    }
  }

  private static Node child(Node node, String segment) {
    if (!segment.startsWith("{")) {
      return node.names.computeIfAbsent(segment.toLowerCase(Locale.ROOT), name -> new Node());
    }
    String name = segment.substring(1, segment.length() - 1);
    Node key = node.key;
    if (key == null) {
      key = new Node();
      node.key = key;
      node.keyName = name;
    } else if (!node.keyName.equals(name)) {
      throw new IllegalArgumentException("Two keys in one place: " + name + ", " + node.keyName);
    }
    return key;
  }

  /** The rows in the order in which they were given. */
  public List<Door.Row> rows() {
    return rows;
  }

  /** True if some row has the path. */
  public boolean has(Request request) {
    try {
      return walk(root, request.segments(), 0, new HashMap<>()) != null;
    } catch (Refusal malformed) {
      // A path that cannot be decoded is nobody's in particular.
      return false;
    }
  }

  /**
   * The row of a request.
   *
   * @throws Refusal with {@link Reason.NotFound} or {@link Reason.MethodNotAllowed}
   */
  public Door.Match match(Request request) {
    Map<String, String> keys = new HashMap<>();
    Node node = walk(root, request.segments(), 0, keys);
    if (node == null) {
      throw Refusal.notFound("There is no such address.");
    }
    String method = request.method().equals("HEAD") ? "GET" : request.method();
    Endpoint endpoint = node.methods.getOrDefault(method, node.methods.get(ANY));
    if (endpoint == null) {
      Set<String> allowed = new TreeSet<>(node.methods.keySet());
      throw new Refusal(
          new Reason.MethodNotAllowed(
              allowed, "This address takes " + String.join(", ", allowed) + "."));
    }
    return new Door.Match(endpoint.row(), requestId -> endpoint.operation().answer(request, keys));
  }

  private static @Nullable Node walk(
      Node node, List<String> segments, int at, Map<String, String> keys) {
    if (at == segments.size()) {
      return node.methods.isEmpty() ? null : node;
    }
    String segment = segments.get(at);
    Node name = node.names.get(segment.toLowerCase(Locale.ROOT));
    Node found = name == null ? null : walk(name, segments, at + 1, keys);
    Node key = node.key;
    if (found == null && key != null && !segment.isEmpty()) {
      found = walk(key, segments, at + 1, keys);
      if (found != null) {
        keys.put(node.keyName, segment);
      }
    }
    return found;
  }
}
