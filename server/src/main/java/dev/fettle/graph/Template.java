package dev.fettle.graph;

import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.Root;
import dev.fettle.graph.schema.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The path of an operation below the version root: literal segments, keys in braces, and functions
 * whose parameters are keys too, as in {@code /vppTokens/getLicensesForApp(bundleId={bundle-id})}.
 *
 * @param keys the names of the keys, in the order of the path
 */
record Template(String text, List<Segment> segments, List<String> keys) {

  sealed interface Segment {}

  /** A name, matched in any letter case and with or without the namespace. */
  record Literal(String name) implements Segment {}

  /** A key: any text. */
  record Key(String name) implements Segment {}

  /** A function with named parameters. */
  record Function(String name, List<Parameter> parameters) implements Segment {
    /** A parameter: its name in the URL, and the key under which the handler finds the value. */
    record Parameter(String name, String key) {}
  }

  Template {
    segments = List.copyOf(segments);
    keys = List.copyOf(keys);
  }

  static Template parse(String text) {
    List<Segment> segments = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (String written : text.substring(1).split("/")) {
      if (written.startsWith("{")) {
        String key = written.substring(1, written.length() - 1);
        segments.add(new Key(key));
        keys.add(key);
      } else if (written.endsWith(")")) {
        int open = written.indexOf('(');
        List<Function.Parameter> parameters =
            parameters(written.substring(open + 1, written.length() - 1));
        segments.add(new Function(written.substring(0, open), parameters));
        parameters.forEach(parameter -> keys.add(parameter.key()));
      } else {
        segments.add(new Literal(written));
      }
    }
    return new Template(text, segments, keys);
  }

  /** The type of the one entity that the schema has at the path; nothing for anything else. */
  Optional<EntityType> entity(Schema schema) {
    EntityType type = null;
    boolean collection = false;
    for (Segment segment : segments) {
      if (segment instanceof Key && collection) {
        collection = false;
      } else if (segment instanceof Literal(String name) && type == null) {
        Root root = schema.root(name).orElse(null);
        if (root == null) {
          return Optional.empty();
        }
        type = root.type();
        collection = root.collection();
      } else if (segment instanceof Literal(String name)
          && name.indexOf('.') > 0
          && schema.type(name).orElse(null) instanceof EntityType cast) {
        type = cast;
      } else if (segment instanceof Literal(String name) && type != null && !collection) {
        NavigationProperty navigation = type.navigation(name).orElse(null);
        if (navigation == null) {
          return Optional.empty();
        }
        type = navigation.type();
        collection = navigation.collection();
      } else {
        return Optional.empty();
      }
    }
    return collection ? Optional.empty() : Optional.ofNullable(type);
  }

  /** A name as it is compared: lower case, without a {@code microsoft.graph.} before it. */
  static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("microsoft.graph.")) {
      return lower.substring("microsoft.graph.".length());
    }
    return lower.startsWith("graph.") ? lower.substring("graph.".length()) : lower;
  }

  private static List<Function.Parameter> parameters(String text) {
    List<Function.Parameter> parameters = new ArrayList<>();
    for (String one : text.isEmpty() ? new String[0] : text.split(",")) {
      int equals = one.indexOf('=');
      parameters.add(
          new Function.Parameter(
              one.substring(0, equals), one.substring(equals + 2, one.length() - 1)));
    }
    // The index hands values over in the order of the names.
    parameters.sort(Comparator.comparing(one -> one.name().toLowerCase(Locale.ROOT)));
    return parameters;
  }
}
