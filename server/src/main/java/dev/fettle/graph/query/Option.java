package dev.fettle.graph.query;

import java.util.List;
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

  /** The name in the URL, without the dollar sign. */
  String parameter() {
    return parameter;
  }

  /** The name as the documented refusal spells it. */
  String label() {
    return label;
  }
}
