package dev.fettle.graph.query;

import dev.fettle.base.Refusal;
import dev.fettle.graph.query.Expression.Path;
import dev.fettle.graph.query.Expression.Step;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.graph.schema.Type;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The query options of a request, parsed and typed against the schema.
 *
 * @param contextItems what stands in the parentheses of the context URL
 */
record QueryOptions(
    @Nullable Selection select,
    List<Expansion> expand,
    @Nullable Expression filter,
    List<OrderTerm> orderBy,
    @Nullable Integer top,
    @Nullable Integer skip,
    @Nullable Boolean count,
    List<String> contextItems) {

  /** The deepest nesting of {@code $expand}. */
  static final int MAX_EXPAND_DEPTH = 3;

  private static final int MAX_ORDER_TERMS = 5;

  /** No options. */
  static final QueryOptions NONE =
      new QueryOptions(null, List.of(), null, List.of(), null, null, null, List.of());

  /** One term of {@code $orderby}. */
  record OrderTerm(Path path, boolean descending) {}

  /**
   * One item of {@code $expand}.
   *
   * @param documentPath where it leads through a complex property: the whole path; else empty
   */
  record Expansion(NavigationProperty navigation, String documentPath, QueryOptions options) {

    /** True if it leads through a complex property, in whose value the entities lie. */
    boolean inDocument() {
      return !documentPath.isEmpty();
    }
  }

  /** The schema that options are parsed against, and whether late members may be named. */
  private record Reader(Schema schema, boolean lateMembers) {}

  /**
   * Takes the system options out of a query: name without dollar sign in lower case, to its value.
   * Options of other names are not ours to judge.
   */
  static Map<Option, String> system(List<QueryString.Parameter> parameters) {
    Map<Option, String> options = new EnumMap<>(Option.class);
    for (QueryString.Parameter parameter : parameters) {
      Option option = option(parameter.name());
      if (option == null) {
        if (parameter.name().startsWith("$")) {
          throw Refusal.invalid(
              parameter.name(), "The query parameter '" + parameter.name() + "' is not supported.");
        }
      } else if (options.put(option, parameter.value()) != null) {
        throw QueryRefusals.givenTwice(option);
      }
    }
    return options;
  }

  /** The option that a parameter of that name is, with or without its dollar sign. */
  static @Nullable Option option(String parameter) {
    String name = parameter.strip().toLowerCase(Locale.ROOT);
    if (name.startsWith("$")) {
      name = name.substring(1);
    }
    for (Option option : Option.values()) {
      if (option.parameter().equals(name)) {
        return option;
      }
    }
    return null;
  }

  /** Parses the options of a request for entities of the type. */
  static QueryOptions parse(
      Schema schema,
      EntityType type,
      boolean lateMembers,
      Map<Option, String> options,
      Set<Option> allowed) {
    return parse(new Reader(schema, lateMembers), type, options, allowed, 0);
  }

  private static QueryOptions parse(
      Reader reader, EntityType type, Map<Option, String> options, Set<Option> allowed, int depth) {
    Selection select = null;
    List<Expansion> expand = List.of();
    Expression filter = null;
    List<OrderTerm> orderBy = List.of();
    Integer top = null;
    Integer skip = null;
    Boolean count = null;
    List<String> context = new ArrayList<>();
    for (Map.Entry<Option, String> entry : options.entrySet()) {
      Option option = entry.getKey();
      String value = entry.getValue();
      if (!allowed.contains(option)) {
        throw QueryRefusals.notAllowed(option);
      }
      if (value.isBlank() && option != Option.FORMAT) {
        throw switch (option) {
          case TOP, SKIP -> QueryRefusals.notANumber(option, value);
          case SKIPTOKEN -> QueryRefusals.badSkipToken();
          case FILTER, SELECT, EXPAND, ORDERBY, COUNT, SEARCH, FORMAT ->
              Refusal.invalid(
                  "$" + option.parameter(),
                  "The value for OData query '$" + option.parameter() + "' cannot be empty.");
        };
      }
      switch (option) {
        case SELECT -> select = select(reader, type, value, context);
        case EXPAND -> expand = expand(reader, type, value, depth, context);
        case FILTER -> filter = FilterParser.parse(reader.schema, type, reader.lateMembers, value);
        case ORDERBY -> orderBy = orderBy(reader.schema, type, value);
        case TOP -> top = number(option, value);
        case SKIP -> skip = number(option, value);
        case COUNT -> count = bool(value);
        case FORMAT -> format(value);
        case SEARCH -> throw QueryRefusals.notAllowed(option);
        case SKIPTOKEN -> {
          // Read with the request: it is not part of the plan.
        }
      }
    }
    return new QueryOptions(
        select, expand, filter, orderBy, top, skip, count, List.copyOf(context));
  }

  private static int number(Option option, String value) {
    String digits = value.strip();
    if (!digits.matches("[0-9]{1,30}")) {
      throw QueryRefusals.notANumber(option, value);
    }
    return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  private static boolean bool(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw Refusal.invalid(
              "$count",
              "Invalid value '"
                  + value
                  + "' for $count query option found. Valid values are 'true' or 'false'.");
    };
  }

  private static void format(String value) {
    String type = value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!type.equals("json") && !type.equals("application/json")) {
      throw Refusal.invalid(
          "$format", "The value '" + value + "' of $format is not supported; use 'json'.");
    }
  }

  /** Parses {@code $orderby}, or the order that a resource declares. */
  static List<OrderTerm> orderBy(Schema schema, EntityType type, String text) {
    List<OrderTerm> terms = new ArrayList<>();
    for (String item : split(text, ',')) {
      String[] words = item.strip().split("\\s+");
      boolean descending = words.length == 2 && words[1].equalsIgnoreCase("desc");
      if (words[0].isEmpty()
          || words.length > 2
          || (words.length == 2 && !descending && !words[1].equalsIgnoreCase("asc"))) {
        throw QueryRefusals.orderBy("Syntax error in '" + text + "'.");
      }
      terms.add(new OrderTerm(path(schema, type, words[0]), descending));
    }
    if (terms.size() > MAX_ORDER_TERMS) {
      throw QueryRefusals.orderBy(
          "The number of clauses in $orderby query option exceeded the maximum number allowed. The maximum number of $orderby clauses allowed is %d."
              .formatted(MAX_ORDER_TERMS));
    }
    return List.copyOf(terms);
  }

  private static Path path(Schema schema, EntityType type, String text) {
    List<Step> steps = new ArrayList<>();
    Type current = type;
    for (String name : text.split("/", -1)) {
      Step step = current instanceof StructuredType from ? Step.of(schema, from, name) : null;
      if (step == null || (step instanceof Step.Cast cast && !(cast.to() instanceof EntityType))) {
        throw QueryRefusals.orderBy(QueryRefusals.unknownProperty(name, current));
      }
      if (step.collection()) {
        throw QueryRefusals.notSortable(text);
      }
      steps.add(step);
      current = step.type();
    }
    if (current instanceof StructuredType) {
      throw QueryRefusals.notSortable(text);
    }
    return new Path(null, steps, current, false);
  }

  private static Selection select(
      Reader reader, EntityType type, String text, List<String> context) {
    Selection selection = new Selection();
    for (String item : split(text, ',')) {
      String named = item.strip();
      if (named.equals("*")) {
        selection.addStar();
        context.add("*");
      } else if (!named.isEmpty()) {
        context.add(select(reader, type, named, selection));
      } else {
        throw QueryRefusals.selectAndExpand(
            Option.SELECT, "Syntax error in '" + text + "': an item is empty.");
      }
    }
    return selection;
  }

  /** Adds one item; answers it as the schema spells it. */
  private static String select(Reader reader, EntityType type, String item, Selection selection) {
    StringJoiner spelt = new StringJoiner("/");
    Type current = type;
    Selection into = selection;
    String[] names = item.split("/", -1);
    for (int i = 0; i < names.length; i++) {
      String name = names[i].strip();
      boolean last = i == names.length - 1;
      Step step =
          current instanceof StructuredType from ? Step.of(reader.schema, from, name) : null;
      if (step == null || (last && step instanceof Step.Cast)) {
        throw QueryRefusals.unknownSelected(Option.SELECT, name, current);
      }
      if (step instanceof Step.Navigational && !last) {
        throw QueryRefusals.selectAndExpand(
            Option.SELECT,
            "The navigation property '%s' cannot be selected through; use $expand."
                .formatted(step.name()));
      }
      current = step.type();
      spelt.add(step instanceof Step.Cast ? current.qualifiedName() : step.name());
      if (last) {
        into.add(step.name());
      } else if (!(step instanceof Step.Cast)) {
        into = into.parts(step.name());
      }
    }
    return spelt.toString();
  }

  private static List<Expansion> expand(
      Reader reader, EntityType type, String text, int depth, List<String> context) {
    if (depth >= MAX_EXPAND_DEPTH) {
      throw QueryRefusals.selectAndExpand(
          Option.EXPAND,
          "The $expand is too deep. The maximum depth allowed is " + MAX_EXPAND_DEPTH + ".");
    }
    Map<String, Expansion> expansions = new LinkedHashMap<>();
    for (String item : split(text, ',')) {
      String named = item.strip();
      String inner = "";
      int open = named.indexOf('(');
      if (open >= 0) {
        if (!named.endsWith(")")) {
          throw QueryRefusals.selectAndExpand(Option.EXPAND, "Syntax error in '" + text + "'.");
        }
        inner = named.substring(open + 1, named.length() - 1);
        named = named.substring(0, open).strip();
      }
      StringBuilder path = new StringBuilder();
      StructuredType current = type;
      NavigationProperty navigation = null;
      for (String name : named.split("/", -1)) {
        if (navigation != null) {
          throw QueryRefusals.selectAndExpand(
              Option.EXPAND,
              "The path '" + named + "' goes on after the navigation property; nest the options.");
        }
        switch (Step.of(reader.schema, current, name)) {
          case Step.Cast(StructuredType to) -> current = to;
          case Step.Structural step when step.type() instanceof StructuredType complex -> {
            path.append(step.name()).append('/');
            current = complex;
          }
          case Step.Navigational step -> navigation = step.property();
          case null, default -> throw QueryRefusals.unknownSelected(Option.EXPAND, name, current);
        }
      }
      if (navigation == null) {
        throw QueryRefusals.selectAndExpand(
            Option.EXPAND, "'" + named + "' is not a navigation property.");
      }
      boolean inDocument = !path.isEmpty();
      String documentPath = inDocument ? path + navigation.name() : "";
      QueryOptions options = nested(reader, navigation, inDocument, inner, depth + 1);
      if (expansions.put(
              named.toLowerCase(Locale.ROOT), new Expansion(navigation, documentPath, options))
          != null) {
        throw QueryRefusals.selectAndExpand(
            Option.EXPAND, "The property '" + navigation.name() + "' is expanded twice.");
      }
      context.add(
          (inDocument ? documentPath : navigation.name())
              + "("
              + String.join(",", options.contextItems())
              + ")");
    }
    return List.copyOf(expansions.values());
  }

  private static QueryOptions nested(
      Reader reader, NavigationProperty navigation, boolean inDocument, String text, int depth) {
    if (text.isBlank()) {
      return NONE;
    }
    List<QueryString.Parameter> parameters = new ArrayList<>();
    for (String item : split(text, ';')) {
      int equals = item.indexOf('=');
      if (equals < 0 || option(item.substring(0, equals)) == null) {
        throw QueryRefusals.selectAndExpand(Option.EXPAND, "Syntax error in '" + text + "'.");
      }
      parameters.add(
          new QueryString.Parameter(item.substring(0, equals).strip(), item.substring(equals + 1)));
    }
    return parse(
        reader,
        navigation.type(),
        system(parameters),
        inDocument
            ? Set.of(Option.SELECT)
            : navigation.collection()
                ? Set.of(Option.SELECT, Option.EXPAND, Option.FILTER, Option.TOP, Option.ORDERBY)
                : Set.of(Option.SELECT, Option.EXPAND),
        depth);
  }

  /** Cuts at a character that is neither within quotes nor within parentheses. */
  private static List<String> split(String text, char at) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'') {
        quoted = !quoted;
      } else if (!quoted && c == '(') {
        depth++;
      } else if (!quoted && c == ')') {
        depth--;
      } else if (!quoted && depth == 0 && c == at) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }
}
