package dev.fettle.graph.query;

import dev.fettle.graph.query.Expression.Path;
import dev.fettle.graph.query.Expression.Step;
import dev.fettle.graph.query.Resource.Kind;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.PrimitiveType;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.graph.schema.Type;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The column or expression that a path of the schema ends in: the only way from names to SQL.
 *
 * @param sql with the aliases of its statement
 * @param type what the path ends in
 * @param nullable whether it may be null
 */
record PathColumn(String sql, Kind kind, Type type, boolean nullable) {

  /**
   * The end of a path that begins at a row of the item; what it leads through is joined. Null if it
   * ends in nothing that has one column or expression.
   */
  static @Nullable PathColumn of(FromItem from, Path path) {
    List<Step> steps = path.steps();
    FromItem item = from;
    StructuredType cast = null;
    boolean nullable = false;
    for (int i = 0; i < steps.size(); i++) {
      switch (steps.get(i)) {
        case Step.Cast(StructuredType to) -> {
          cast = to;
          nullable = true;
        }
        case Step.Navigational navigational -> {
          FromItem next = item.join(navigational.property());
          if (next == null) {
            return null;
          }
          if (i == steps.size() - 1) {
            String present = "(case when " + next.present() + " then 1 end)";
            return new PathColumn(present, Kind.INTEGER, path.type(), true);
          }
          item = next;
          cast = null;
          nullable = true;
        }
        case Step.Structural(Property property) -> {
          Resource.Field derived = item.resource().derivedField(cast, property.name());
          Resource.Field field = derived == null ? item.resource().field(property.name()) : derived;
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
          if (item.resource().neverNull(declared)) {
            mayBeNull = nullable;
          }
          List<Step> rest = steps.subList(at + 1, steps.size());
          return end(item, field, rest, path.type(), mayBeNull);
        }
      }
    }
    return null;
  }

  private static @Nullable PathColumn end(
      FromItem item, Resource.@Nullable Field field, List<Step> rest, Type type, boolean nullable) {
    return switch (field) {
      case null -> nothing(type);
      case Resource.AlwaysNull always -> nothing(type);
      case Resource.Parts parts -> null;
      case Resource.Column column -> {
        String sql = item.sql(column.sql());
        if (rest.isEmpty()) {
          yield new PathColumn(sql, column.kind(), type, nullable);
        }
        yield column.kind() == Kind.DOCUMENT ? inDocument(sql, rest, type) : null;
      }
    };
  }

  /** A value of a jsonb document; the names come from the schema. */
  static @Nullable PathColumn inDocument(String sql, List<Step> rest, Type type) {
    if (rest.isEmpty()) {
      return new PathColumn(sql, Kind.DOCUMENT, type, true);
    }
    // One arrow a step, as the indexes on such expressions are written.
    StringBuilder owner = new StringBuilder(sql);
    String last = "";
    for (Step step : rest) {
      if (!step.name().isEmpty()) {
        owner.append(last.isEmpty() ? "" : " -> '" + last + "'");
        last = step.name();
      }
    }
    String text = "(" + owner + " ->> '" + last + "')";
    return switch (kind(type)) {
      case null -> null;
      case Kind kind when kind == Kind.DOCUMENT ->
          new PathColumn("(" + owner + " -> '" + last + "')", kind, type, true);
      case Kind kind when kind == Kind.ENUM || kind == Kind.TEXT ->
          new PathColumn(text, kind, type, true);
      case Kind kind -> new PathColumn(text + cast(kind), kind, type, true);
    };
  }

  /** The null that a property is in every row if the schema names it and nobody stores it. */
  private static PathColumn nothing(Type type) {
    Kind found = kind(type);
    Kind kind = found == null ? Kind.TEXT : found;
    return new PathColumn("null" + cast(kind), kind, type, true);
  }

  /** The kind of a value that has no column of its own; null if it cannot be compared. */
  private static @Nullable Kind kind(Type type) {
    return switch (type) {
      case EnumType enumeration -> Kind.ENUM;
      case StructuredType structured -> Kind.DOCUMENT;
      case PrimitiveType primitive ->
          switch (primitive) {
            case STRING, GUID -> Kind.TEXT;
            case BOOLEAN -> Kind.FLAG;
            case BYTE, INT16, INT32, INT64 -> Kind.BIGINT;
            case DATE_TIME_OFFSET -> Kind.TIME;
            case BINARY, DATE, DECIMAL, DOUBLE, DURATION, SINGLE, STREAM, TIME_OF_DAY, UNTYPED ->
                null;
          };
    };
  }

  private static String cast(Kind kind) {
    return switch (kind) {
      case FLAG -> "::boolean";
      case BIGINT -> "::bigint";
      case TIME -> "::timestamptz";
      case DOCUMENT -> "::jsonb";
      default -> "::text";
    };
  }
}
