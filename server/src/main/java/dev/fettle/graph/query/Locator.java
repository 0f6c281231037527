package dev.fettle.graph.query;

import dev.fettle.graph.query.Expression.Path;
import dev.fettle.graph.query.Expression.Step;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.PrimitiveType;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.graph.schema.Type;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the column or expression of a path: the only way from names to SQL. */
final class Locator {

  /**
   * Where a path of the schema lies in SQL.
   *
   * @param sql the column or expression, with the aliases of its statement
   * @param type what the path ends in
   * @param nullable whether it may be null
   */
  record Located(String sql, Resource.Kind kind, Type type, boolean nullable) {}

  private Locator() {}

  /**
   * Where a path ends that begins at the row of the scope; what it leads through is joined. Null if
   * it ends in nothing that has one column or expression.
   */
  static @Nullable Located locate(Scope from, Path path) {
    return locate(from, path.steps(), path.type());
  }

  private static @Nullable Located locate(Scope from, List<Step> steps, Type type) {
    Scope scope = from;
    StructuredType cast = null;
    boolean nullable = false;
    for (int i = 0; i < steps.size(); i++) {
      switch (steps.get(i)) {
        case Step.Cast(StructuredType to) -> {
          cast = to;
          nullable = true;
        }
        case Step.Navigational navigational -> {
          Scope next = scope.join(navigational.property());
          if (next == null) {
            return null;
          }
          if (i == steps.size() - 1) {
            return new Located(
                "(case when " + next.present() + " then 1 end)", Resource.Kind.INTEGER, type, true);
          }
          scope = next;
          cast = null;
          nullable = true;
        }
        case Step.Structural(Property property) -> {
          Resource.Field field = field(scope, cast, property.name());
          String declared = property.name();
          boolean mayBeNull = nullable || property.nullable();
          int at = i;
          while (field instanceof Resource.Parts parts && at < steps.size() - 1) {
            at++;
            if (!(steps.get(at) instanceof Step.Structural(Property part))) {
              return null;
            }
            declared = declared + "/" + part.name();
            mayBeNull = true;
            field = parts.parts().get(part.name().toLowerCase(Locale.ROOT));
          }
          if (scope.resource().neverNull(declared)) {
            mayBeNull = nullable;
          }
          return end(scope, field, steps.subList(at + 1, steps.size()), type, mayBeNull);
        }
      }
    }
    return null;
  }

  private static Resource.@Nullable Field field(
      Scope scope, @Nullable StructuredType cast, String name) {
    for (StructuredType type = cast; type != null; type = type.base().orElse(null)) {
      Resource.Field derived = scope.resource().field(type.qualifiedName(), name);
      if (derived != null) {
        return derived;
      }
    }
    return scope.resource().field(name);
  }

  private static @Nullable Located end(
      Scope scope, Resource.@Nullable Field field, List<Step> rest, Type type, boolean nullable) {
    return switch (field) {
      case null -> nothing(type);
      case Resource.AlwaysNull always -> nothing(type);
      case Resource.Parts parts -> null;
      case Resource.Column column -> {
        String sql = scope.sql(column.sql());
        if (rest.isEmpty()) {
          yield new Located(sql, column.kind(), type, nullable);
        }
        yield column.kind() == Resource.Kind.DOCUMENT ? inDocument(sql, rest, type) : null;
      }
    };
  }

  /** A value of a jsonb document; the names come from the schema. */
  static @Nullable Located inDocument(String sql, List<Step> rest, Type type) {
    if (rest.isEmpty()) {
      return new Located(sql, Resource.Kind.DOCUMENT, type, true);
    }
    // One arrow a step, as the indexes on such expressions are written.
    StringBuilder owner = new StringBuilder(sql);
    String last = "";
    for (Step step : rest) {
      String name =
          switch (step) {
            case Step.Structural structural -> structural.property().name();
            case Step.Navigational navigational -> navigational.property().name();
            case Step.Cast cast -> "";
          };
      if (!name.isEmpty()) {
        owner.append(last.isEmpty() ? "" : " -> '" + last + "'");
        last = name;
      }
    }
    String text = "(" + owner + " ->> '" + last + "')";
    return switch (type) {
      case EnumType enumeration -> new Located(text, Resource.Kind.ENUM, type, true);
      case StructuredType structured ->
          new Located("(" + owner + " -> '" + last + "')", Resource.Kind.DOCUMENT, type, true);
      case PrimitiveType primitive ->
          switch (primitive) {
            case STRING, GUID -> new Located(text, Resource.Kind.TEXT, type, true);
            case BOOLEAN -> new Located(text + "::boolean", Resource.Kind.FLAG, type, true);
            case BYTE, INT16, INT32, INT64 ->
                new Located(text + "::bigint", Resource.Kind.BIGINT, type, true);
            case DATE_TIME_OFFSET ->
                new Located(text + "::timestamptz", Resource.Kind.TIME, type, true);
            case BINARY, DATE, DECIMAL, DOUBLE, DURATION, SINGLE, STREAM, TIME_OF_DAY, UNTYPED ->
                null;
          };
    };
  }

  /** What the schema names and nobody stores is null in every row. */
  private static Located nothing(Type type) {
    return switch (type) {
      case EnumType enumeration -> new Located("null::text", Resource.Kind.ENUM, type, true);
      case StructuredType structured ->
          new Located("null::jsonb", Resource.Kind.DOCUMENT, type, true);
      case PrimitiveType primitive ->
          switch (primitive) {
            case BOOLEAN -> new Located("null::boolean", Resource.Kind.FLAG, type, true);
            case BYTE, INT16, INT32, INT64 ->
                new Located("null::bigint", Resource.Kind.BIGINT, type, true);
            case DATE_TIME_OFFSET ->
                new Located("null::timestamptz", Resource.Kind.TIME, type, true);
            case BINARY,
                DATE,
                DECIMAL,
                DOUBLE,
                DURATION,
                GUID,
                SINGLE,
                STREAM,
                STRING,
                TIME_OF_DAY,
                UNTYPED ->
                new Located("null::text", Resource.Kind.TEXT, type, true);
          };
    };
  }
}
