package dev.fettle.graph.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Refusal;
import dev.fettle.graph.query.Expression.Path;
import dev.fettle.graph.query.Expression.Step;
import dev.fettle.graph.query.Expression.Value;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.graph.schema.Schema;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.olingo.commons.api.edm.Edm;
import org.apache.olingo.commons.api.ex.ODataException;
import org.apache.olingo.commons.core.edm.EdmProviderImpl;
import org.apache.olingo.server.api.OData;
import org.apache.olingo.server.api.uri.UriResource;
import org.apache.olingo.server.api.uri.UriResourceLambdaAny;
import org.apache.olingo.server.api.uri.queryoption.expression.Binary;
import org.apache.olingo.server.api.uri.queryoption.expression.BinaryOperatorKind;
import org.apache.olingo.server.api.uri.queryoption.expression.Enumeration;
import org.apache.olingo.server.api.uri.queryoption.expression.Literal;
import org.apache.olingo.server.api.uri.queryoption.expression.Member;
import org.apache.olingo.server.api.uri.queryoption.expression.Method;
import org.apache.olingo.server.api.uri.queryoption.expression.Unary;
import org.apache.olingo.server.core.MetadataParser;
import org.apache.olingo.server.core.uri.parser.Parser;
import org.junit.jupiter.api.Test;

/**
 * The filter parser against Olingo's on the subset that both take: filters of either kind, good and
 * broken, are accepted by both or by none, and mean the same.
 */
class OlingoOracleTest {

  private final Schema schema = Schema.load("beta");
  private final EntityType device = schema.entityType("microsoft.graph.teamworkDevice");
  private final Edm edm;

  OlingoOracleTest() throws javax.xml.stream.XMLStreamException {
    String document = new String(schema.document(), StandardCharsets.UTF_8);
    edm =
        new EdmProviderImpl(
            new MetadataParser()
                .referenceResolver(null)
                .implicitlyLoadCoreVocabularies(false)
                .parseAnnotations(false)
                .buildEdmProvider(new StringReader(document)));
  }

  @Test
  void random_filters_are_understood_alike() {
    Random random = new Random(20_261_121);
    for (int i = 0; i < 1_500; i++) {
      String filter = condition(random, 3);
      assertThat(ours(filter)).as(filter).isEqualTo(olingo(filter));
    }
  }

  @Test
  void broken_filters_are_refused_by_both() {
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      StringBuilder broken = new StringBuilder(condition(random, 2));
      int at = random.nextInt(broken.length());
      if (random.nextBoolean()) {
        broken.deleteCharAt(at);
      } else {
        broken.insert(at, Things.some(random, List.of("(", ")", ",", "/", "'", "x")));
      }
      String filter = broken.toString();
      String theirs = olingo(filter);
      String mine = ours(filter);
      if (theirs.equals("refused")) {
        refused++;
      } else {
        // What Olingo accepts, we accept as well, and in the same sense.
        assertThat(mine).as(filter).isEqualTo(theirs);
      }
    }
    assertThat(refused).isGreaterThan(200);
  }

  // ---- random filters

  private static String condition(Random random, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      return switch (random.nextInt(4)) {
        case 0 -> condition(random, depth - 1) + " and " + condition(random, depth - 1);
        case 1 -> condition(random, depth - 1) + " or " + condition(random, depth - 1);
        case 2 -> "(" + condition(random, depth - 1) + ")";
        default -> "not (" + condition(random, depth - 1) + ")";
      };
    }
    String text = Things.some(random, List.of("notes", "companyAssetTag", "hardwareDetail/model"));
    String word = Things.some(random, List.of("'a'", "''", "'o''k'", "'(x) and y'", "null"));
    String operator = Things.some(random, List.of("eq", "ne", "gt", "ge", "lt", "le"));
    String equality = Things.some(random, List.of("eq", "ne"));
    return switch (random.nextInt(8)) {
      case 0, 1 -> text + " " + operator + " " + word;
      case 2 -> "deviceType " + equality + " microsoft.graph.teamworkDeviceType'ipPhone'";
      case 3 ->
          "createdDateTime "
              + operator
              + " "
              + Things.some(
                  random, List.of("2026-01-01T00:00:00Z", "2026-01-01T10:20:30.1234567+02:00"));
      case 4 ->
          Things.some(random, List.of("startswith", "endswith", "contains")) + "(" + text + ",'x')";
      case 5 -> text + " in ('a','b')";
      case 6 -> "hardwareDetail/macAddresses/any(m:m " + equality + " 'x')";
      default ->
          "operations/any(o:o/status "
              + equality
              + " 'queued'"
              + Things.some(random, List.of(")", " or o/error/code ne null)"));
    };
  }

  // ---- Olingo

  private String olingo(String filter) {
    try {
      return print(
          new Parser(edm, OData.newInstance())
              .parseUri("teamwork/devices", "$filter=" + QueryString.encode(filter), null, null)
              .getFilterOption()
              .getExpression());
    } catch (ODataException | IllegalArgumentException e) {
      return "refused";
    }
  }

  private static String print(
      org.apache.olingo.server.api.uri.queryoption.expression.Expression expression) {
    return switch (expression) {
      case Binary binary -> binary(binary);
      case Unary unary -> "(not " + print(unary.getOperand()) + ")";
      case Method method ->
          "("
              + method.getMethod().name()
              + " "
              + method.getParameters().stream()
                  .map(OlingoOracleTest::print)
                  .collect(Collectors.joining(" "))
              + ")";
      case Literal literal -> literal(literal.getText());
      case Enumeration enumeration -> {
        // Olingo leaves it to the processor to find out that there is no such member.
        if (!enumeration.getType().getMemberNames().containsAll(enumeration.getValues())) {
          throw new IllegalArgumentException("no such member");
        }
        yield String.join(",", enumeration.getValues());
      }
      case Member member -> member(member.getResourcePath().getUriResourceParts());
      default -> throw new AssertionError(expression);
    };
  }

  private static String binary(Binary binary) {
    String operator = binary.getOperator().name();
    if (binary.getOperator() == BinaryOperatorKind.IN) {
      return "(IN "
          + print(binary.getLeftOperand())
          + " "
          + binary.getExpressions().stream()
              .map(OlingoOracleTest::print)
              .collect(Collectors.joining(" "))
          + ")";
    }
    if (operator.equals("AND") || operator.equals("OR")) {
      List<String> terms = new ArrayList<>();
      flatten(binary, binary.getOperator(), terms);
      return "(" + operator + " " + String.join(" ", terms) + ")";
    }
    return "("
        + operator
        + " "
        + print(binary.getLeftOperand())
        + " "
        + print(binary.getRightOperand())
        + ")";
  }

  private static void flatten(
      org.apache.olingo.server.api.uri.queryoption.expression.Expression expression,
      BinaryOperatorKind kind,
      List<String> terms) {
    if (expression instanceof Binary binary && binary.getOperator() == kind) {
      flatten(binary.getLeftOperand(), kind, terms);
      flatten(binary.getRightOperand(), kind, terms);
    } else {
      terms.add(print(expression));
    }
  }

  private static String member(List<UriResource> parts) {
    StringBuilder out = new StringBuilder();
    for (UriResource part : parts) {
      if (part instanceof UriResourceLambdaAny any) {
        return "(ANY "
            + out
            + " "
            + any.getLambdaVariable()
            + " "
            + print(any.getExpression())
            + ")";
      }
      out.append(out.isEmpty() ? "" : "/").append(part.getSegmentValue());
    }
    return out.toString();
  }

  private static String literal(String text) {
    if (text.startsWith("'")) {
      return text.substring(1, text.length() - 1).replace("''", "'");
    }
    String time = PreciseTime.parse(text);
    return time == null ? text : time;
  }

  // ---- ours

  private String ours(String filter) {
    try {
      return print(FilterParser.parse(schema, device, false, filter));
    } catch (Refusal e) {
      return "refused";
    }
  }

  private static String print(Expression expression) {
    return switch (expression) {
      case Expression.And(List<Expression> terms) -> "(AND " + terms(terms, true) + ")";
      case Expression.Or(List<Expression> terms) -> "(OR " + terms(terms, false) + ")";
      case Expression.Not(Expression term) -> "(not " + print(term) + ")";
      case Expression.Comparison(Path path, Operator operator, Value value) ->
          "(" + operator + " " + path(path) + " " + value(value) + ")";
      case Expression.In(Path path, List<Value> values) ->
          "(IN "
              + path(path)
              + " "
              + values.stream().map(OlingoOracleTest::value).collect(Collectors.joining(" "))
              + ")";
      case Expression.Match(Operator operator, Path path, String text) ->
          "(" + operator.name() + " " + path(path) + " " + text + ")";
      case Expression.Any(Path path, String variable, Expression condition) ->
          "(ANY "
              + path(path)
              + " "
              + variable
              + " "
              + (condition == null ? "" : print(condition))
              + ")";
      case Expression.Constant(boolean holds) -> String.valueOf(holds);
      case Expression.Has has -> "has";
      case Expression.IsOf isOf -> "isof";
    };
  }

  /** Parentheses around a chain of the same word mean nothing; Olingo's printer drops them too. */
  private static String terms(List<Expression> terms, boolean and) {
    return terms.stream()
        .map(
            term ->
                switch (term) {
                  case Expression.And(List<Expression> inner) when and -> terms(inner, true);
                  case Expression.Or(List<Expression> inner) when !and -> terms(inner, false);
                  default -> print(term);
                })
        .collect(Collectors.joining(" "));
  }

  private static String path(Path path) {
    StringBuilder out = new StringBuilder(path.variable() == null ? "" : path.variable());
    for (Step step : path.steps()) {
      String name =
          switch (step) {
            case Step.Structural structural -> structural.property().name();
            case Step.Navigational navigational -> navigational.property().name();
            case Step.Cast cast -> cast.type().qualifiedName();
          };
      out.append(out.isEmpty() ? "" : "/").append(name);
    }
    return out.toString();
  }

  private static String value(Value value) {
    return switch (value) {
      case Value.Null nothing -> "null";
      case Value.Bool(boolean bool) -> String.valueOf(bool);
      case Value.Numeric(BigDecimal number) -> number.toString();
      case Value.Text(String text) -> text;
      case Value.Time(String stored) -> stored;
      case Value.Members members ->
          members.members().stream().map(EnumType.Member::name).collect(Collectors.joining(","));
    };
  }
}
