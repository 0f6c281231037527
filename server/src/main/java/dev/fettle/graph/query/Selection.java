package dev.fettle.graph.query;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The properties that {@code $select} names, as a tree: of a complex one perhaps only some parts.
 */
final class Selection {

  private final Map<String, @Nullable Selection> members = new LinkedHashMap<>();
  private boolean star;

  /** A selection that names nothing. */
  Selection() {}

  /** Adds everything that is returned without {@code $select}. */
  void addStar() {
    star = true;
  }

  /** Adds a property as a whole. */
  void add(String name) {
    members.put(lower(name), null);
  }

  /** The parts of a property, to add to; they count only where the whole is not selected. */
  Selection parts(String name) {
    String key = lower(name);
    if (members.containsKey(key)) {
      Selection parts = members.get(key);
      return parts == null ? new Selection() : parts;
    }
    Selection parts = new Selection();
    members.put(key, parts);
    return parts;
  }

  /** True if everything that is returned without {@code $select} is named too. */
  boolean star() {
    return star;
  }

  /** True if the property or a part of it is named. */
  boolean names(String name) {
    return members.containsKey(lower(name));
  }

  /** The named parts; null if the whole is meant. */
  @Nullable Selection of(String name) {
    return members.get(lower(name));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
