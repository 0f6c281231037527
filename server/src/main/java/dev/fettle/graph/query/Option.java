package dev.fettle.graph.query;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A system query option. */
public enum Option {
  FILTER("filter", "Filter"),
  SELECT("select", "Select"),
  EXPAND("expand", "Expand"),
  ORDERBY("orderby", "OrderBy"),
  TOP("top", "Top"),
  SKIP("skip", "Skip"),
  COUNT("count", "Count"),
  SEARCH("search", "Search"),
  SKIPTOKEN("skiptoken", "SkipToken"),
  FORMAT("format", "Format");

  private final String parameter;
  private final String label;

  Option(String parameter, String label) {
    this.parameter = parameter;
    this.label = label;
  }

  /** Refuses a query that has a system option other than these. */
  public static void requireOnly(@Nullable String rawQuery, Option... allowed) {
    for (Option option : QueryOptions.system(QueryString.parse(rawQuery)).keySet()) {
      if (!List.of(allowed).contains(option)) {
        throw QueryRefusals.notAllowed(option);
      }
    }
  }

  /** Refuses a request that takes no options and has one, be it known or not. */
  public static void requireNone(List<Map.Entry<String, String>> parameters) {
    for (Map.Entry<String, String> parameter : parameters) {
      String name = parameter.getKey();
      if (name.startsWith("$") && name.length() > 1) {
        String lower = name.substring(2).toLowerCase(Locale.ROOT);
        throw QueryRefusals.notAllowed(name, name.substring(1, 2).toUpperCase(Locale.ROOT) + lower);
      }
    }
  }

  /** The name in the URL, without the dollar sign. */
  String parameter() {
    return parameter;
  }

  /** The name as the documented refusal spells it. */
  String label() {
    return label;
  }
}
