package dev.fettle.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Header fields by name, in any letter case, each with one or more values. Immutable. */
public final class Headers {

  private static final Headers NONE = new Headers(caseless());

  private final Map<String, List<String>> fields;

  private Headers(Map<String, List<String>> fields) {
    this.fields = fields;
  }

  /** No header at all. */
  public static Headers none() {
    return NONE;
  }

  /** Names and values in turn. */
  public static Headers of(String... namesAndValues) {
    Map<String, List<String>> fields = caseless();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return new Headers(fields);
  }

  /** The fields of a map; names that differ only by letter case become one. */
  public static Headers copyOf(Map<String, List<String>> source) {
    Map<String, List<String>> fields = caseless();
    source.forEach((name, values) -> fields.merge(name, List.copyOf(values), Headers::both));
    return new Headers(fields);
  }

  /** Single fields; names that differ only by letter case become one. */
  static Headers copyOf(Iterable<Map.Entry<String, String>> source) {
    Map<String, List<String>> fields = caseless();
    source.forEach(field -> fields.merge(field.getKey(), List.of(field.getValue()), Headers::both));
    return new Headers(fields);
  }

  private static List<String> both(List<String> before, List<String> after) {
    return Stream.concat(before.stream(), after.stream()).toList();
  }

  /** These fields but for those of a name. */
  Headers without(String name) {
    if (!fields.containsKey(name)) {
      return this;
    }
    Map<String, List<String>> copy = caseless();
    copy.putAll(fields);
    copy.remove(name);
    return new Headers(copy);
  }

  /** These fields, with one of them set to a single value. */
  public Headers with(String name, String value) {
    Map<String, List<String>> copy = caseless();
    copy.putAll(fields);
    copy.put(name, List.of(value));
    return new Headers(copy);
  }

  /** These fields and the others, which win. */
  public Headers with(Headers others) {
    if (others.fields.isEmpty()) {
      return this;
    }
    Map<String, List<String>> copy = caseless();
    copy.putAll(fields);
    copy.putAll(others.fields);
    return new Headers(copy);
  }

  /** The first value of a field, or null. */
  public @Nullable String first(String name) {
    List<String> values = fields.get(name);
    return values == null || values.isEmpty() ? null : values.getFirst();
  }

  /** All values of a field. */
  public List<String> all(String name) {
    return fields.getOrDefault(name, List.of());
  }

  /** True if a field is there with this value, in any letter case. */
  public boolean has(String name, String value) {
    return all(name).stream()
        .anyMatch(v -> v.toLowerCase(Locale.ROOT).equals(value.toLowerCase(Locale.ROOT)));
  }

  /** Visits each name with each of its values. */
  public void forEach(BiConsumer<String, String> visitor) {
    fields.forEach((name, values) -> values.forEach(value -> visitor.accept(name, value)));
  }

  private static Map<String, List<String>> caseless() {
    return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  }
}
