package dev.fettle.graph;

import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Request;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A path with the version root that it is below. Slashes too many are those of clients that put
 * {@code /users} behind a base address with a final slash of its own.
 *
 * @param path what stands below the root, percent-encoded as it came
 */
record VersionedPath(GraphVersion version, String path) {

  VersionedPath {
    path = afterSlashes(path);
  }

  /**
   * Takes the version off the path. Two documented {@code Location} headers have none, and clients
   * resolve them as they stand: that of a device operation, below {@code /teamwork}, is beta's, and
   * that of a new team, {@code /teams('…')/operations('…')}, is v1.0's.
   */
  static VersionedPath of(Request request) {
    String path = afterSlashes(request.rawPath());
    for (GraphVersion version : GraphVersion.values()) {
      int end = version.root().length();
      if (path.regionMatches(true, 0, version.root(), 0, end)
          && (path.length() == end || path.charAt(end) == '/')) {
        return new VersionedPath(version, path.substring(end));
      }
    }
    String lower = path.toLowerCase(Locale.ROOT);
    if (request.method().equals("GET") && lower.startsWith("/teamwork/")) {
      return new VersionedPath(GraphVersion.BETA, path);
    }
    if (request.method().equals("GET") && lower.startsWith("/teams(")) {
      return new VersionedPath(GraphVersion.V1, path);
    }
    String[] segments = path.split("/", 3);
    throw Refusal.invalid(
        null,
        "Invalid version: '%s'. Fettle serves %s."
            .formatted(
                segments.length > 1 ? segments[1] : "",
                Arrays.stream(GraphVersion.values())
                    .map(GraphVersion::root)
                    .collect(Collectors.joining(", "))));
  }

  /** True if the path is one of OData's own below the root, such as {@code $metadata}. */
  boolean is(String system) {
    String named = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return named.replace("%24", "$").equalsIgnoreCase(system);
  }

  /** The first segments of the path. */
  String beginning(int segments) {
    int end = 0;
    for (int i = 0; i < segments; i++) {
      end = path.indexOf('/', end + 1);
    }
    return path.substring(0, end);
  }

  /** The path with one slash at its beginning. */
  private static String afterSlashes(String path) {
    int first = 0;
    while (path.startsWith("//", first)) {
      first++;
    }
    return path.substring(first);
  }
}
