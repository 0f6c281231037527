package dev.fettle.graph.query;

import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.Root;
import dev.fettle.graph.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part of the context URL after {@code $metadata#} that a path stands for. */
public final class ContextPath {

  private final Schema schema;
  private final boolean owner;
  private final StringBuilder out = new StringBuilder();

  private ContextPath(Schema schema, boolean owner) {
    this.schema = schema;
    this.owner = owner;
  }

  /**
   * The fragment for a read of the path.
   *
   * @param entity whether one entity is answered and not a collection
   * @param items what was selected and expanded, in parentheses, or nothing
   */
  public static String fragment(Schema schema, String path, boolean entity, String items) {
    return new ContextPath(schema, false).walk(path, entity, items);
  }

  /** The fragment of an entity of which only a part is answered: with its own key. */
  public static String within(Schema schema, String path) {
    return new ContextPath(schema, true).walk(path, false, "");
  }

  private String walk(String path, boolean entity, String items) {
    String[] segments =
        path.substring(path.startsWith("/") ? 1 : 0)
            .replace("%28", "(")
            .replace("%29", ")")
            .split("/");
    Optional<Root> root = schema.root(name(segments[0]));
    if (root.isEmpty()) {
      out.append(path.startsWith("/") ? path.substring(1) : path);
      return out.append(items).append(entity ? "/$entity" : "").toString();
    }
    out.append(root.get().name());
    EntityType type = root.get().type();
    boolean collection = root.get().collection();
    boolean member = collection;
    List<String> rest = rest(segments);
    if (!rest.isEmpty() && !schema.operations(rest.getLast()).isEmpty()) {
      rest.removeLast(); // the answer of an action is the entity that it was called on
    }
    for (int i = 0; i < rest.size(); i++) {
      String segment = rest.get(i);
      EntityType cast = cast(decode(segment), type);
      if (cast != null) {
        out.append('/').append(cast.qualifiedName());
        type = cast;
        continue;
      }
      if (collection) {
        collection = false;
        if (!isAnswered(rest, i, type)) {
          out.append("('").append(QueryString.encodeKey(decode(segment))).append("')");
        }
        continue;
      }
      NavigationProperty navigation = type.navigation(segment).orElse(null);
      if (navigation == null) {
        // An action's answer, or a path that only its route understands: a list says which it is.
        if (!entity && i + 1 == rest.size()) {
          out.append('/').append(segment);
        }
        continue;
      }
      type = navigation.type();
      collection = navigation.collection();
      // At home the entity would need its key, which the path does not say.
      boolean stays = navigation.contained() || (owner && !navigation.collection());
      String home = stays ? "" : home(type);
      if (home.isEmpty()) {
        out.append('/').append(navigation.name());
        member = collection || !navigation.contained();
      } else {
        out.setLength(0);
        out.append(home);
        member = true;
      }
    }
    return out.append(items).append(entity && member ? "/$entity" : "").toString();
  }

  /** The type that a segment casts to, if it names one that is derived from this one. */
  private @Nullable EntityType cast(String segment, EntityType type) {
    return segment.indexOf('.') > 0
            && schema.type(segment).orElse(null) instanceof EntityType cast
            && cast.is(type)
        ? cast
        : null;
  }

  /** True if the entity of a key is what is answered, itself or as another type. */
  private boolean isAnswered(List<String> rest, int key, EntityType type) {
    return !owner
        && (key + 1 == rest.size()
            || (key + 2 == rest.size() && cast(decode(rest.get(key + 1)), type) != null));
  }

  /** The segments after the first, keys in parentheses as segments of their own. */
  private static List<String> rest(String[] segments) {
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < segments.length; i++) {
      String key = inlineKey(segments[i]);
      if (i > 0) {
        rest.add(key.isEmpty() ? segments[i] : name(segments[i]));
      }
      if (!key.isEmpty()) {
        rest.add(QueryString.encode(key));
      }
    }
    return rest;
  }

  /** The path of the entities of a type, if that is one place of the whole service. */
  private String home(EntityType type) {
    for (Root root : schema.roots()) {
      if (root.collection() && root.type() == type) {
        return root.name();
      }
    }
    for (Root root : schema.roots()) {
      if (!root.collection()) {
        for (NavigationProperty navigation : root.type().navigations()) {
          if (navigation.collection() && navigation.contained() && navigation.type() == type) {
            return root.name() + "/" + navigation.name();
          }
        }
      }
    }
    return "";
  }

  private static String name(String segment) {
    int open = segment.indexOf('(');
    return open < 0 ? segment : segment.substring(0, open);
  }

  private static String inlineKey(String segment) {
    int open = segment.indexOf('(');
    if (open < 0 || !segment.endsWith(")")) {
      return "";
    }
    String inner = decode(segment.substring(open + 1, segment.length() - 1));
    String key = inner.replaceFirst("(?i)^id\\s*=\\s*(?=')", "");
    return key.length() > 1 && key.startsWith("'") && key.endsWith("'")
        ? key.substring(1, key.length() - 1).replace("''", "'")
        : key;
  }

  /** Decodes a segment; a plus sign stands for itself in a path. */
  private static String decode(String segment) {
    return QueryString.decode(segment.replace("+", "%2B"));
  }
}
