package dev.fettle.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in their order; their names are the same in any letter case, and may come several
 * times. A message has so few that they are looked through. Immutable.
 */
public final class Headers {

  private static final Headers NONE = new Headers(List.of());

  /** Names and values in turn. */
  private final List<String> fields;

  private Headers(List<String> fields) {
    this.fields = fields;
  }

  /** No header at all. */
  public static Headers none() {
    return NONE;
  }

  /** Names and values in turn. */
  public static Headers of(String... namesAndValues) {
    return new Headers(List.of(namesAndValues));
  }

  /** The given names, each with its value. */
  public static Headers copyOf(Iterable<Map.Entry<String, String>> source) {
    List<String> fields = new ArrayList<>();
    source.forEach(field -> add(fields, field.getKey(), field.getValue()));
    return new Headers(fields);
  }

  private static void add(List<String> fields, String name, String value) {
    fields.add(name);
    fields.add(value);
  }

  /** These fields but for those of a name. */
  Headers without(String name) {
    return withoutAll(of(name, ""));
  }

  /** These fields, with one of them set to a single value. */
  public Headers with(String name, String value) {
    return with(of(name, value));
  }

  /** These fields and the others, which win. */
  public Headers with(Headers others) {
    if (others.fields.isEmpty()) {
      return this;
    }
    Headers all = withoutAll(others);
    all.fields.addAll(others.fields);
    return all;
  }

  private Headers withoutAll(Headers others) {
    List<String> kept = new ArrayList<>(fields.size() + others.fields.size());
    forEach(
        (name, value) -> {
          if (others.first(name) == null) {
            add(kept, name, value);
          }
        });
    return new Headers(kept);
  }

  /** The first value of a field, or null. */
  public @Nullable String first(String name) {
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        return fields.get(i + 1);
      }
    }
    return null;
  }

  /** All values of a field. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    forEach(
        (other, value) -> {
          if (other.equalsIgnoreCase(name)) {
            values.add(value);
          }
        });
    return values;
  }

  /** Visits each name with each of its values. */
  public void forEach(BiConsumer<String, String> visitor) {
    for (int i = 0; i < fields.size(); i += 2) {
      visitor.accept(fields.get(i), fields.get(i + 1));
    }
  }
}
