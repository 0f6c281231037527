package dev.fettle.graph.query;

import dev.fettle.base.Refusal;
import dev.fettle.graph.query.Expression.Path;
import dev.fettle.graph.query.Expression.Step;
import dev.fettle.graph.query.Expression.Value;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.graph.schema.PrimitiveType;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.graph.schema.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code $filter} by precedence climbing: {@code or}, {@code and}, {@code not}, comparison.
 *
 * <p>More is accepted than the grammar of OData has, because Graph accepts it and clients send it:
 * no blank after {@code not}, names and words in any letter case, enum members as plain strings.
 * Nesting and size are limited, so no text can exhaust the stack.
 */
final class FilterParser {

  /** The deepest nesting of parentheses, {@code not} and lambdas. */
  static final int MAX_DEPTH = 100;

  /** The most comparisons and list members in a filter. */
  static final int MAX_NODES = 1_000;

  private static final String PRINTED_NAMESPACE = "Microsoft.Teams.GraphSvc.";
  private static final String PUBLISHED_NAMESPACE = "microsoft.graph.";

  private static final Map<String, Operator> COMPARISONS =
      Map.of(
          "eq", Operator.EQ,
          "ne", Operator.NE,
          "gt", Operator.GT,
          "ge", Operator.GE,
          "lt", Operator.LT,
          "le", Operator.LE);

  private static final Map<String, Operator> MATCHES =
      Map.of(
          "startswith", Operator.STARTSWITH,
          "endswith", Operator.ENDSWITH,
          "contains", Operator.CONTAINS);

  private static final Set<String> KNOWN_FUNCTIONS =
      Set.of(
          ("all cast ceiling concat date day floor fractionalseconds hour indexof length"
               + " maxdatetime mindatetime minute month now round second substring substringof time"
               + " tolower totaloffsetminutes totalseconds toupper trim year")
              .split(" "));

  /** A part of an expression before it is known to be a condition, a path or a literal. */
  private sealed interface Node {
    record Condition(Expression expression) implements Node {}

    record At(Path path) implements Node {}

    record Literal(Token token) implements Node {}
  }

  private final Schema schema;
  private final StructuredType type;
  private final boolean lateMembers;
  private final String text;
  private final List<Token> tokens;
  private final Map<String, Type> variables;
  private int at;
  private int depth;
  private int nodes;

  private FilterParser(Schema schema, StructuredType type, boolean lateMembers, String text) {
    this.schema = schema;
    this.type = type;
    this.lateMembers = lateMembers;
    this.text = text;
    this.tokens = Tokenizer.tokens(text);
    this.variables = new HashMap<>();
  }

  /**
   * Reads a filter on entities of the type.
   *
   * @param lateMembers whether the caller may name enum members above the sentinel
   */
  static Expression parse(Schema schema, StructuredType type, boolean lateMembers, String text) {
    FilterParser parser = new FilterParser(schema, type, lateMembers, text);
    Expression expression = parser.condition(parser.or());
    if (parser.peek().kind() != Token.Kind.END) {
      throw parser.syntax(parser.peek());
    }
    return expression;
  }

  private Node or() {
    Node first = and();
    if (!peek().isName("or")) {
      return first;
    }
    List<Expression> terms = new ArrayList<>();
    terms.add(condition(first));
    while (peek().isName("or")) {
      at++;
      terms.add(condition(and()));
    }
    return new Node.Condition(new Expression.Or(List.copyOf(terms)));
  }

  private Node and() {
    Node first = not();
    if (!peek().isName("and")) {
      return first;
    }
    List<Expression> terms = new ArrayList<>();
    terms.add(condition(first));
    while (peek().isName("and")) {
      at++;
      terms.add(condition(not()));
    }
    return new Node.Condition(new Expression.And(List.copyOf(terms)));
  }

  private Node not() {
    if (!peek().isName("not")) {
      return comparison();
    }
    at++;
    deeper();
    Expression inner = condition(not());
    depth--;
    return new Node.Condition(new Expression.Not(inner));
  }

  private Node comparison() {
    Node left = primary();
    Token word = peek();
    if (word.kind() != Token.Kind.NAME) {
      return left;
    }
    String name = word.text().toLowerCase(Locale.ROOT);
    Operator operator = COMPARISONS.get(name);
    if (operator != null) {
      at++;
      return new Node.Condition(compare(left, operator, primary(), word));
    }
    if (name.equals("in")) {
      at++;
      return new Node.Condition(in(left, word));
    }
    if (name.equals("has")) {
      at++;
      return new Node.Condition(has(left, primary(), word));
    }
    return left;
  }

  private Expression compare(Node left, Operator operator, Node right, Token word) {
    count();
    if (left instanceof Node.At && right instanceof Node.At) {
      throw invalid("A property can only be compared with a literal value.");
    }
    if (right instanceof Node.Literal(Token literal)) {
      return switch (left) {
        case Node.At(Path path) ->
            new Expression.Comparison(path, operator, value(path, literal, operator));
        case Node.Literal(Token other) -> constant(other, operator, literal, word);
        case Node.Condition(Expression expression) -> truth(expression, operator, literal, word);
      };
    }
    if (left instanceof Node.Literal(Token literal)) {
      if (right instanceof Node.At(Path path)) {
        return new Expression.Comparison(path, operator.mirrored(), value(path, literal, operator));
      }
      if (right instanceof Node.Condition(Expression expression)) {
        return truth(expression, operator, literal, word);
      }
    }
    throw syntax(word);
  }

  /** {@code startswith(a,'b') eq true} and its like. */
  private Expression truth(Expression expression, Operator operator, Token literal, Token word) {
    boolean isTrue = literal.isName("true");
    if (!operator.isEquality() || !(isTrue || literal.isName("false"))) {
      throw syntax(word);
    }
    return isTrue == (operator == Operator.EQ) ? expression : new Expression.Not(expression);
  }

  /** {@code 1 eq 1} and its like: of use to nobody but tools that probe. */
  private Expression constant(Token left, Operator operator, Token right, Token word) {
    if (!operator.isEquality() || left.kind() != right.kind()) {
      throw syntax(word);
    }
    boolean equal =
        left.kind() == Token.Kind.NAME
            ? left.text().equalsIgnoreCase(right.text())
            : left.text().equals(right.text()) && left.extra().equals(right.extra());
    return new Expression.Constant(equal == (operator == Operator.EQ));
  }

  private Expression in(Node left, Token word) {
    if (!(left instanceof Node.At(Path path))) {
      throw syntax(word);
    }
    expect(Token.Kind.OPEN);
    List<Value> values = new ArrayList<>();
    while (true) {
      Token literal = take();
      if (!isLiteral(literal)) {
        throw syntax(literal);
      }
      count();
      values.add(value(path, literal, Operator.IN));
      if (peek().kind() != Token.Kind.COMMA) {
        break;
      }
      at++;
    }
    expect(Token.Kind.CLOSE);
    return new Expression.In(path, List.copyOf(values));
  }

  private Expression has(Node left, Node right, Token word) {
    count();
    if (left instanceof Node.At(Path path)
        && right instanceof Node.Literal(Token literal)
        && path.type() instanceof EnumType
        && !path.collection()
        && value(path, literal, Operator.HAS) instanceof Value.Members members) {
      return new Expression.Has(path, members);
    }
    throw syntax(word);
  }

  private Node primary() {
    Token token = take();
    return switch (token.kind()) {
      case OPEN -> {
        deeper();
        Node inner = or();
        depth--;
        expect(Token.Kind.CLOSE);
        yield inner;
      }
      case STRING, TYPED_STRING, NUMBER, TIME, DATE, GUID -> new Node.Literal(token);
      case NAME -> {
        if (peek().kind() == Token.Kind.OPEN) {
          yield function(token);
        }
        yield isLiteral(token) ? new Node.Literal(token) : path(token);
      }
      case CLOSE, COMMA, SLASH, COLON, OTHER, END -> throw syntax(token);
    };
  }

  private Node function(Token token) {
    String name = token.text().toLowerCase(Locale.ROOT);
    Operator match = MATCHES.get(name);
    if (match != null) {
      count();
      expect(Token.Kind.OPEN);
      Token first = take();
      if (first.kind() != Token.Kind.NAME || !(path(first) instanceof Node.At(Path path))) {
        throw syntax(first);
      }
      if (path.type() != PrimitiveType.STRING || path.collection()) {
        throw invalid(
            "No function signature for the function with name '%s' matches the specified arguments. The function signatures considered are: %s(Edm.String Nullable=true, Edm.String Nullable=true)."
                .formatted(name, name));
      }
      expect(Token.Kind.COMMA);
      Token literal = take();
      if (literal.kind() != Token.Kind.STRING) {
        throw syntax(literal);
      }
      expect(Token.Kind.CLOSE);
      return new Node.Condition(new Expression.Match(match, path, literal.text()));
    }
    if (name.equals("isof")) {
      count();
      expect(Token.Kind.OPEN);
      Token named = take();
      Path of = new Path(null, List.of(), type, false);
      if (named.kind() != Token.Kind.STRING && named.kind() != Token.Kind.NAME) {
        throw syntax(named);
      }
      expect(Token.Kind.CLOSE);
      if (!(schema.type(named.text()).orElse(null) instanceof StructuredType wanted)) {
        throw invalid("The type '" + named.text() + "' is not known.");
      }
      return new Node.Condition(new Expression.IsOf(of, wanted));
    }
    if (KNOWN_FUNCTIONS.contains(name)) {
      throw QueryRefusals.functionNotAllowed(name);
    }
    throw invalid("An unknown function with name '" + token.text() + "' was found.");
  }

  /** A path, and what {@code any} says about a collection at its end. */
  private Node path(Token first) {
    List<Step> steps = new ArrayList<>();
    String variable = null;
    Type current = type;
    boolean collection = false;
    Token token = first;
    Type bound = variables.get(first.text().toLowerCase(Locale.ROOT));
    if (bound != null) {
      variable = first.text().toLowerCase(Locale.ROOT);
      current = bound;
      if (peek().kind() != Token.Kind.SLASH) {
        return new Node.At(new Path(variable, steps, current, false));
      }
      at++;
      token = take();
    } else if (first.isName("$it") && peek().kind() == Token.Kind.SLASH) {
      at++;
      token = take();
    }
    while (true) {
      if (token.kind() != Token.Kind.NAME) {
        throw syntax(token);
      }
      String name = token.text();
      if (collection) {
        if (peek().kind() == Token.Kind.OPEN) {
          Path path = new Path(variable, steps, current, true);
          if (name.equalsIgnoreCase("any")) {
            return new Node.Condition(any(path));
          }
          return function(token);
        }
        throw invalid(
            "The parent value for a property access of a property '%s' is not a single value. Property access can only be applied to a single value."
                .formatted(name));
      }
      Step step = current instanceof StructuredType from ? Step.of(schema, from, name) : null;
      boolean cast = step instanceof Step.Cast;
      if (step == null || (cast && !(current instanceof EntityType))) {
        throw unknown(name, current);
      }
      steps.add(step);
      current = step.type();
      collection = step.collection();
      if (cast && peek().kind() != Token.Kind.SLASH) {
        throw syntax(peek());
      }
      if (peek().kind() != Token.Kind.SLASH) {
        return new Node.At(new Path(variable, steps, current, collection));
      }
      at++;
      token = take();
    }
  }

  private Expression any(Path collection) {
    count();
    expect(Token.Kind.OPEN);
    if (peek().kind() == Token.Kind.CLOSE) {
      at++;
      return new Expression.Any(collection, "", null);
    }
    Token variable = take();
    if (variable.kind() != Token.Kind.NAME) {
      throw syntax(variable);
    }
    String name = variable.text().toLowerCase(Locale.ROOT);
    if (variables.containsKey(name)) {
      throw invalid("The range variable '" + variable.text() + "' has already been declared.");
    }
    expect(Token.Kind.COLON);
    deeper();
    variables.put(name, collection.type());
    Expression condition = condition(or());
    variables.remove(name);
    depth--;
    expect(Token.Kind.CLOSE);
    return new Expression.Any(collection, name, condition);
  }

  private Expression condition(Node node) {
    return switch (node) {
      case Node.Condition(Expression expression) -> expression;
      case Node.At(Path path) -> {
        if (path.type() == PrimitiveType.BOOLEAN && !path.collection()) {
          count();
          yield new Expression.Comparison(path, Operator.EQ, new Value.Bool(true));
        }
        // A path alone is an expression that was broken off: the place after it is what is wrong.
        throw peek().kind() == Token.Kind.END || peek().kind() == Token.Kind.CLOSE
            ? invalid(
                "The $filter expression must evaluate to a single boolean value, and '%s' does not."
                    .formatted(path.text()))
            : syntax(peek());
      }
      case Node.Literal(Token literal) -> {
        if (literal.isName("true") || literal.isName("false")) {
          yield new Expression.Constant(literal.isName("true"));
        }
        throw syntax(literal);
      }
    };
  }

  private Value value(Path path, Token literal, Operator operator) {
    if (path.collection()) {
      throw invalid("A collection cannot be compared; use any(…).");
    }
    if (literal.isName("null")) {
      return new Value.Null();
    }
    Value value =
        switch (path.type()) {
          case EnumType enumeration -> members(enumeration, literal);
          case PrimitiveType primitive -> primitive(primitive, literal);
          case StructuredType structured -> null;
        };
    if (value == null) {
      throw invalid(
          "A binary operator with incompatible types was detected. Found operand types '%s' and '%s' for operator kind '%s'."
              .formatted(path.type().qualifiedName(), typeOf(literal), operator.label()));
    }
    return value;
  }

  private static @Nullable Value primitive(PrimitiveType type, Token literal) {
    return switch (type) {
      case STRING -> literal.kind() == Token.Kind.STRING ? new Value.Text(literal.text()) : null;
      case GUID ->
          switch (literal.kind()) {
            case GUID, STRING -> new Value.Text(literal.text().toLowerCase(Locale.ROOT));
            default -> null;
          };
      case BOOLEAN ->
          literal.isName("true")
              ? new Value.Bool(true)
              : literal.isName("false") ? new Value.Bool(false) : null;
      case BYTE, INT16, INT32, INT64, DECIMAL, DOUBLE, SINGLE ->
          literal.kind() == Token.Kind.NUMBER
              ? new Value.Numeric(new BigDecimal(literal.text()))
              : null;
      case DATE_TIME_OFFSET -> {
        String written =
            switch (literal.kind()) {
              case TIME -> literal.text();
              case DATE -> literal.text() + "T00:00:00Z";
              default -> "";
            };
        String stored = PreciseTime.parse(written);
        yield stored == null ? null : new Value.Time(stored);
      }
      case BINARY, DATE, DURATION, STREAM, TIME_OF_DAY, UNTYPED -> null;
    };
  }

  /** A type's name as published; the next links that are printed for devices show another one. */
  private static String published(String typeName) {
    return typeName.startsWith(PRINTED_NAMESPACE)
        ? PUBLISHED_NAMESPACE + typeName.substring(PRINTED_NAMESPACE.length())
        : typeName;
  }

  private @Nullable Value members(EnumType type, Token literal) {
    String names;
    if (literal.kind() == Token.Kind.STRING) {
      names = literal.text();
    } else if (literal.kind() == Token.Kind.TYPED_STRING
        && schema.type(published(literal.text())).orElse(null) == type) {
      names = literal.extra();
    } else {
      return null;
    }
    List<EnumType.Member> members = new ArrayList<>();
    for (String name : type.isFlags() ? names.split(",", -1) : new String[] {names}) {
      EnumType.Member member =
          type.member(type.isFlags() ? name.strip() : name)
              .orElseThrow(
                  () ->
                      invalid(
                          "The string '" + names + "' is not a valid enumeration type constant."));
      if (type.isLate(member) && !lateMembers) {
        throw invalid("The string '" + names + "' is not a valid enumeration type constant.");
      }
      members.add(member);
    }
    return new Value.Members(type, members);
  }

  private static String typeOf(Token literal) {
    return switch (literal.kind()) {
      case STRING -> "Edm.String";
      case TYPED_STRING -> literal.text();
      case NUMBER ->
          literal.text().chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E')
              ? "Edm.Decimal"
              : literal.text().length() < 11 ? "Edm.Int32" : "Edm.Int64";
      case TIME -> "Edm.DateTimeOffset";
      case DATE -> "Edm.Date";
      case GUID -> "Edm.Guid";
      case NAME -> "Edm.Boolean";
      case OPEN, CLOSE, COMMA, SLASH, COLON, OTHER, END -> "Edm.Untyped";
    };
  }

  private boolean isLiteral(Token token) {
    return switch (token.kind()) {
      case STRING, TYPED_STRING, NUMBER, TIME, DATE, GUID -> true;
      case NAME ->
          (token.isName("null") || token.isName("true") || token.isName("false"))
              && peek().kind() != Token.Kind.SLASH;
      case OPEN, CLOSE, COMMA, SLASH, COLON, OTHER, END -> false;
    };
  }

  private Token peek() {
    return tokens.get(at);
  }

  /** The next token; the end can be taken any number of times. */
  private Token take() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  private void expect(Token.Kind kind) {
    Token token = take();
    if (token.kind() != kind) {
      throw syntax(token);
    }
  }

  private void deeper() {
    if (++depth > MAX_DEPTH) {
      throw invalid("Recursion depth exceeded allowed limit.");
    }
  }

  private void count() {
    if (++nodes > MAX_NODES) {
      throw invalid("The node count limit of '" + MAX_NODES + "' has been exceeded.");
    }
  }

  private Refusal unknown(String name, Type on) {
    return invalid(QueryRefusals.unknownProperty(name, on));
  }

  private Refusal syntax(Token token) {
    return invalid("Syntax error at position " + token.position() + " in '" + text + "'.");
  }

  private static Refusal invalid(String message) {
    return Refusal.invalid("$filter", "Invalid filter clause: " + message);
  }
}
