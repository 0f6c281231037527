package dev.fettle.graph.query;

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

  /** The name in the URL, without the dollar sign. */
  public String parameter() {
    return parameter;
  }

  /** The name as the documented refusal spells it. */
  String label() {
    return label;
  }
}
