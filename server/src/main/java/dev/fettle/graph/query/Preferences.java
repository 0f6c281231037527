package dev.fettle.graph.query;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The preferences of a caller, from the {@code Prefer} headers; unknown ones are passed over.
 *
 * @param includeUnknownEnumMembers members above the sentinel are shown by name and may be named
 * @param maxPageSize the most rows that a page should have
 */
public record Preferences(boolean includeUnknownEnumMembers, OptionalInt maxPageSize) {

  /** No preference. */
  public static final Preferences NONE = new Preferences(false, OptionalInt.empty());

  /** Reads the values of the {@code Prefer} headers. */
  public static Preferences parse(List<String> headers) {
    if (headers.isEmpty()) {
      return NONE;
    }
    Map<String, String> all = all(headers);
    boolean include = all.containsKey("include-unknown-enum-members");
    String size = all.getOrDefault("odata.maxpagesize", all.getOrDefault("maxpagesize", ""));
    OptionalInt most =
        size.matches("[1-9][0-9]{0,8}")
            ? OptionalInt.of(Integer.parseInt(size))
            : OptionalInt.empty();
    return include || most.isPresent() ? new Preferences(include, most) : NONE;
  }

  /** The preferences by name, in lower case as their values; of one said twice the first counts. */
  public static Map<String, String> all(List<String> headers) {
    Map<String, String> all = new HashMap<>();
    for (String header : headers) {
      for (String item : header.split(",", -1)) {
        String[] parts = item.split(";", 2)[0].toLowerCase(Locale.ROOT).split("=", 2);
        String value = parts.length < 2 ? "" : parts[1].strip().replace("\"", "");
        all.putIfAbsent(parts[0].strip(), value);
      }
    }
    return all;
  }
}
