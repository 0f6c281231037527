package dev.fettle.graph.query.options;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What a caller prefers, from the {@code Prefer} headers; unknown preferences are passed over.
 *
 * @param includeUnknownEnumMembers members above the sentinel are shown by name and may be named
 * @param maxPageSize the most rows that a page should have
 * @param minimalReturn writes need not answer with the entity
 */
public record Preferences(
    boolean includeUnknownEnumMembers, OptionalInt maxPageSize, boolean minimalReturn) {

  /** No preference. */
  public static final Preferences NONE = new Preferences(false, OptionalInt.empty(), false);

  /** Reads the values of the {@code Prefer} headers. */
  public static Preferences parse(List<String> headers) {
    boolean include = false;
    boolean minimal = false;
    OptionalInt size = OptionalInt.empty();
    for (String header : headers) {
      for (String item : header.split(",", -1)) {
        String preference = item.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        int equals = preference.indexOf('=');
        String name = equals < 0 ? preference : preference.substring(0, equals).strip();
        String value = equals < 0 ? "" : preference.substring(equals + 1).strip().replace("\"", "");
        switch (name) {
          case "include-unknown-enum-members" -> include = true;
          case "return" -> minimal = value.equals("minimal");
          case "odata.maxpagesize", "maxpagesize" -> {
            if (value.matches("[1-9][0-9]{0,8}")) {
              size = OptionalInt.of(Integer.parseInt(value));
            }
          }
          default -> {
            // Preferences may be passed over: RFC 7240.
          }
        }
      }
    }
    return include || minimal || size.isPresent() ? new Preferences(include, size, minimal) : NONE;
  }
}
