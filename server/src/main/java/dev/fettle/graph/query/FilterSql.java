package dev.fettle.graph.query;

import dev.fettle.graph.query.Expression.Path;
import dev.fettle.graph.query.Expression.Step;
import dev.fettle.graph.query.Expression.Value;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.graph.schema.PrimitiveType;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.graph.schema.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a filter as SQL. Negation is pushed down to the comparisons, and each comparison is
 * written so that it holds for a missing value exactly if it should: the conditions are two-valued
 * although SQL's are not, and an index can still serve the plain ones.
 */
final class FilterSql {

  /** The row or element that a variable of a lambda stands for. */
  private sealed interface Variable {
    record Row(FromItem item) implements Variable {}

    record Element(String sql, Resource.Kind kind, Type type) implements Variable {}
  }

  private final FromItem root;
  private final boolean lateMembers;
  private final boolean checked;
  private final SqlBuilder out;
  private final Map<String, Variable> variables = new HashMap<>();
  private int elements;

  private FilterSql(FromItem root, boolean lateMembers, boolean checked, SqlBuilder out) {
    this.root = root;
    this.lateMembers = lateMembers;
    this.checked = checked;
    this.out = out;
  }

  /**
   * Writes the condition on rows of the scope; throws the refusal of a path or an operator that
   * cannot be filtered by.
   *
   * @param lateMembers whether the caller sees late members of enumerations by their names
   * @param checked whether the resource's list of filterable properties applies
   */
  static void write(
      Expression expression, FromItem root, boolean lateMembers, boolean checked, SqlBuilder out) {
    new FilterSql(root, lateMembers, checked, out).condition(expression, false);
  }

  private void condition(Expression expression, boolean negated) {
    switch (expression) {
      case Expression.And(List<Expression> terms) ->
          terms(terms, negated ? " or " : " and ", negated);
      case Expression.Or(List<Expression> terms) ->
          terms(terms, negated ? " and " : " or ", negated);
      case Expression.Not(Expression term) -> condition(term, !negated);
      case Expression.Constant(boolean holds) -> out.add(holds != negated ? "true" : "false");
      case Expression.Comparison(Path path, Operator operator, Value value) -> {
        check(path, operator);
        compare(locate(path), operator, value, negated);
      }
      case Expression.In(Path path, List<Value> values) -> {
        check(path, Operator.IN);
        in(locate(path), values, negated);
      }
      case Expression.Has(Path path, Value.Members flags) -> {
        check(path, Operator.HAS);
        has(locate(path), flags, negated);
      }
      case Expression.Match(Operator operator, Path path, String text) -> {
        check(path, operator);
        match(locate(path), operator, text, negated);
      }
      case Expression.Any any -> {
        check(any.collection(), Operator.ANY);
        any(any, negated);
      }
      case Expression.IsOf(Path path, StructuredType type) -> isOf(type, negated);
    }
  }

  private void terms(List<Expression> terms, String word, boolean negated) {
    out.add("(");
    for (int i = 0; i < terms.size(); i++) {
      out.add(i == 0 ? "" : word);
      condition(terms.get(i), negated);
    }
    out.add(")");
  }

  private void check(Path path, Operator operator) {
    if (!checked || path.variable() != null) {
      return;
    }
    Set<Operator> allowed = root.resource().operators(path.text());
    if (allowed == null) {
      return;
    }
    if (allowed.isEmpty()) {
      throw QueryRefusals.notFilterable(path.text());
    }
    if (!allowed.contains(operator)) {
      throw QueryRefusals.operatorNotAllowed(operator, path.text());
    }
  }

  private PathColumn locate(Path path) {
    PathColumn column =
        switch (path.variable()) {
          case null -> PathColumn.of(root, path);
          case String variable ->
              switch (variables.get(variable)) {
                case null -> null;
                case Variable.Row(FromItem item) -> PathColumn.of(item, path);
                case Variable.Element(String sql, Resource.Kind kind, Type type) ->
                    path.steps().isEmpty()
                        ? new PathColumn(sql, kind, type, true)
                        : kind == Resource.Kind.DOCUMENT
                            ? PathColumn.inDocument(sql, path.steps(), path.type())
                            : null;
              };
        };
    if (column == null) {
      throw QueryRefusals.notFilterable(path.text());
    }
    return column;
  }

  private void compare(PathColumn at, Operator operator, Value value, boolean negated) {
    if (value instanceof Value.Null) {
      if (!operator.isEquality()) {
        out.add(negated ? "true" : "false");
      } else {
        out.add(at.sql()).add((operator == Operator.EQ) != negated ? " is null" : " is not null");
      }
      return;
    }
    switch (at.kind()) {
      case TEXT, FLAG, INTEGER, BIGINT, PRECISE_TIME ->
          plain(at.sql(), operator, bind(value), negated);
      case TIME -> time(at.sql(), operator, ((Value.Time) value).stored(), negated);
      case ENUM -> {
        Value.Members named = (Value.Members) value;
        EnumType.Member member = named.members().getFirst();
        if (operator.isEquality()) {
          among(
              at.sql(),
              EvolvableEnums.matching(named.type(), member, lateMembers),
              (operator == Operator.EQ) == negated);
        } else {
          plain(
              EvolvableEnums.rank(named.type(), at.sql()),
              operator,
              EvolvableEnums.rank(named.type(), member),
              negated);
        }
      }
      case FLAGS -> {
        if (!operator.isEquality()) {
          throw QueryRefusals.operatorNotAllowed(operator, at.type().qualifiedName());
        }
        List<String> names = names((Value.Members) value);
        if ((operator == Operator.EQ) != negated) {
          out.add("(" + at.sql() + " @> ? and ", names).add(at.sql() + " <@ ?)", names);
        } else {
          out.add("(" + at.sql() + " is null or not (" + at.sql() + " @> ? and ", names)
              .add(at.sql() + " <@ ?))", names);
        }
      }
      case ADDRESS, TEXTS, ENUMS, DOCUMENT ->
          throw QueryRefusals.operatorNotAllowed(operator, at.type().qualifiedName());
    }
  }

  private static Object bind(Value value) {
    return switch (value) {
      case Value.Text(String text) -> text;
      case Value.Bool(boolean bool) -> bool;
      case Value.Time(String stored) -> stored;
      case Value.Numeric(BigDecimal number) -> number(number);
      case Value.Members members -> throw new IllegalStateException("an enum as a plain value");
      case Value.Null nothing -> throw new IllegalStateException("null as a plain value");
    };
  }

  private static Object number(BigDecimal number) {
    BigDecimal plain = number.stripTrailingZeros();
    boolean fits = plain.scale() <= 0 && plain.precision() - plain.scale() <= 18;
    return fits ? (Object) plain.longValueExact() : plain;
  }

  private void plain(String sql, Operator operator, Object bind, boolean negated) {
    Operator effective = negated ? operator.opposite() : operator;
    String comparison = sql + " " + effective.sql() + " ?";
    if (negated && !effective.isEquality()) {
      out.add("(" + comparison, bind).add(" or " + sql + " is null)");
    } else {
      out.add(comparison, bind);
    }
  }

  /** timestamptz has six digits: what lies between two of its values equals neither. */
  private void time(String sql, Operator operator, String stored, boolean negated) {
    Instant given = PreciseTime.instant(stored);
    Instant below = given.truncatedTo(ChronoUnit.MICROS);
    if (below.equals(given)) {
      plain(sql, operator, given, negated);
      return;
    }
    if (operator.isEquality()) {
      out.add((operator == Operator.EQ) == negated ? "true" : "false");
    } else {
      boolean greater = operator == Operator.GT || operator == Operator.GE;
      plain(sql, greater ? Operator.GT : Operator.LE, below, negated);
    }
  }

  private void among(String sql, List<String> values, boolean negated) {
    if (values.isEmpty()) {
      out.add(negated ? "true" : "false");
    } else if (values.size() == 1) {
      out.add(sql + (negated ? " is distinct from ?" : " = ?"), values.getFirst());
    } else if (negated) {
      out.add("(" + sql + " <> all(?)", values).add(" or " + sql + " is null)");
    } else {
      out.add(sql + " = any(?)", values);
    }
  }

  private void in(PathColumn at, List<Value> values, boolean negated) {
    boolean texts = at.kind() == Resource.Kind.TEXT || at.kind() == Resource.Kind.PRECISE_TIME;
    if ((texts || at.kind() == Resource.Kind.ENUM)
        && values.stream().noneMatch(Value.Null.class::isInstance)) {
      List<String> all = new ArrayList<>();
      for (Value value : values) {
        if (value instanceof Value.Members named) {
          all.addAll(
              EvolvableEnums.matching(named.type(), named.members().getFirst(), lateMembers));
        } else {
          all.add((String) bind(value));
        }
      }
      among(at.sql(), all, negated);
      return;
    }
    out.add("(");
    for (int i = 0; i < values.size(); i++) {
      out.add(i == 0 ? "" : negated ? " and " : " or ");
      compare(at, Operator.EQ, values.get(i), negated);
    }
    out.add(")");
  }

  private void has(PathColumn at, Value.Members flags, boolean negated) {
    if (at.kind() == Resource.Kind.ENUM) {
      compare(at, Operator.EQ, flags, negated);
      return;
    }
    if (at.kind() != Resource.Kind.FLAGS) {
      throw QueryRefusals.operatorNotAllowed(Operator.HAS, at.type().qualifiedName());
    }
    List<String> names = names(flags);
    if (negated) {
      out.add("(" + at.sql() + " is null or not " + at.sql() + " @> ?)", names);
    } else {
      out.add(at.sql() + " @> ?", names);
    }
  }

  private static List<String> names(Value.Members members) {
    return members.members().stream().map(EnumType.Member::name).toList();
  }

  private void match(PathColumn at, Operator operator, String text, boolean negated) {
    if (at.kind() != Resource.Kind.TEXT) {
      throw QueryRefusals.operatorNotAllowed(operator, at.type().qualifiedName());
    }
    String escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    String pattern =
        switch (operator) {
          case STARTSWITH -> escaped + "%";
          case ENDSWITH -> "%" + escaped;
          case CONTAINS -> "%" + escaped + "%";
          default -> throw new IllegalStateException("not a text match: " + operator);
        };
    if (negated) {
      out.add("(" + at.sql() + " not like ?", pattern).add(" or " + at.sql() + " is null)");
    } else {
      out.add(at.sql() + " like ?", pattern);
    }
  }

  private void any(Expression.Any any, boolean negated) {
    Path path = any.collection();
    Step last = path.steps().getLast();
    if (last instanceof Step.Navigational(NavigationProperty property)) {
      related(any, property, negated);
      return;
    }
    PathColumn at = locate(path);
    String alias = "e" + ++elements;
    Resource.Kind kind =
        switch (path.type()) {
          case StructuredType structured -> Resource.Kind.DOCUMENT;
          case EnumType enumeration -> Resource.Kind.ENUM;
          case PrimitiveType primitive -> Resource.Kind.TEXT;
        };
    String elementsOf =
        switch (at.kind()) {
          case TEXTS, ENUMS -> "unnest(%s)";
          case DOCUMENT ->
              (kind == Resource.Kind.DOCUMENT
                      ? "jsonb_array_elements"
                      : "jsonb_array_elements_text")
                  + "(case jsonb_typeof(%1$s) when 'array' then %1$s end)";
          default -> throw QueryRefusals.notFilterable(path.text());
        };
    String rows = elementsOf.formatted(at.sql()) + " as " + alias + "(v)";
    out.add(negated ? "not exists (select 1 from " : "exists (select 1 from ").add(rows);
    if (any.condition() != null) {
      out.add(" where ");
      variables.put(any.variable(), new Variable.Element(alias + ".v", kind, path.type()));
      condition(any.condition(), false);
      variables.remove(any.variable());
    }
    out.add(")");
  }

  private void related(Expression.Any any, NavigationProperty property, boolean negated) {
    Path path = any.collection();
    FromItem from = root;
    if (path.variable() != null) {
      if (!(variables.get(path.variable()) instanceof Variable.Row(FromItem item))) {
        throw QueryRefusals.notFilterable(path.text());
      }
      from = item;
    }
    for (Step step : path.steps().subList(0, path.steps().size() - 1)) {
      FromItem next =
          step instanceof Step.Navigational(NavigationProperty one) ? from.join(one) : null;
      if (next == null) {
        throw QueryRefusals.notFilterable(path.text());
      }
      from = next;
    }
    if (!(from.resource().navigation(property.name()) instanceof Resource.ToMany many)) {
      throw QueryRefusals.notFilterable(path.text());
    }
    FromItem target = from.beside(many.target().get());
    // The condition comes first: only it knows what has to be joined.
    SqlBuilder inner = new SqlBuilder();
    if (any.condition() != null) {
      FilterSql nested = new FilterSql(root, lateMembers, checked, inner);
      nested.variables.putAll(variables);
      nested.variables.put(any.variable(), new Variable.Row(target));
      nested.elements = elements + 100;
      nested.condition(any.condition(), false);
    }
    out.add(negated ? "not exists (select 1 from " : "exists (select 1 from ");
    out.add(target.from() + " where " + target.tenant() + " = " + from.tenant());
    out.add(" and " + target.sql(many.targetKey()) + " = " + from.sql(many.key()));
    String where = target.resource().where();
    if (where != null) {
      out.add(" and (" + target.sql(where) + ")");
    }
    if (any.condition() != null) {
      out.add(" and ").add(inner.sql());
    }
    out.add(")");
  }

  private void isOf(StructuredType wanted, boolean negated) {
    String column = root.resource().typeColumn();
    if (root.type().is(wanted)) {
      out.add(negated ? "false" : "true");
    } else if (column == null || !wanted.is(root.type())) {
      out.add(negated ? "true" : "false");
    } else {
      List<String> names = new ArrayList<>();
      collect(wanted, names);
      among(root.sql(column), names, negated);
    }
  }

  private static void collect(StructuredType type, List<String> names) {
    names.add(type.qualifiedName());
    type.derived().forEach(derived -> collect(derived, names));
  }
}
