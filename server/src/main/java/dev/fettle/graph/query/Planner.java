package dev.fettle.graph.query;

import dev.fettle.db.Sql;
import dev.fettle.graph.query.Expression.Path;
import dev.fettle.graph.query.Expression.Step;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;

/** Makes the statements of a plan out of a resource and the options of a request. */
final class Planner {

  private final Schema schema;
  private final boolean lateMembers;

  Planner(Schema schema, boolean lateMembers) {
    this.schema = schema;
    this.lateMembers = lateMembers;
  }

  /** The statement for the rows of the request. */
  PlannedStatement plan(Resource resource, QueryOptions options, boolean ordered) {
    return statement(resource, options, ordered, null);
  }

  /**
   * One statement.
   *
   * @param expanded the navigation whose targets it reads; null for the rows of the request, which
   *     are held to the lists of the resource
   */
  private PlannedStatement statement(
      Resource resource,
      QueryOptions options,
      boolean ordered,
      Resource.@Nullable ToMany expanded) {
    boolean checked = expanded == null;
    FromItem item = FromItem.root(schema, resource);
    EntityPrinter printer = printer(item, options);
    Sql filter = null;
    if (options.filter() != null) {
      SqlBuilder out = new SqlBuilder();
      FilterSql.write(options.filter(), item, lateMembers, checked, out);
      filter = out.sql();
    }
    List<PlannedStatement.SortColumn> order = ordered ? order(item, options, checked) : List.of();
    String key = expanded == null ? "" : expanded.targetKey();
    String keyLabel = expanded == null ? "" : item.label(key);
    return new PlannedStatement(
        item.draft().columns(),
        item.from(),
        item.tenant(),
        resource.where(),
        filter,
        order,
        printer,
        item.draft().expands(),
        key,
        keyLabel,
        expanded == null ? null : options.top());
  }

  private EntityPrinter printer(FromItem item, QueryOptions options) {
    Resource resource = item.resource();
    EntityType type = item.type();
    Selection select = options.select();
    Map<String, Map<String, QueryOptions>> inDocuments = inDocuments(resource, options);
    List<MemberPrinter> parts = new ArrayList<>();
    for (Property property : type.properties()) {
      String name = property.name();
      Map<String, QueryOptions> inside = inDocuments.getOrDefault(lower(name), Map.of());
      boolean selected = selected(resource, select, name);
      if (!selected && inside.isEmpty()) {
        continue;
      }
      // What is there for an expansion alone has none of its own properties.
      Selection inner = !selected ? new Selection() : select == null ? null : select.of(name);
      Resource.Field field = resource.field(name);
      if (field instanceof Resource.Column column && column.kind() == Resource.Kind.DOCUMENT) {
        boolean hides = resource.expandable(name);
        DocumentView view =
            DocumentView.of(schema, property.type(), inner, lateMembers, hides, inside);
        parts.add(document(item, property, column, view));
      } else {
        parts.add(part(item, type, property, field, inner));
      }
    }
    Map<String, EntityPrinter.Derived> derived = new LinkedHashMap<>();
    if (resource.typeColumn() != null) {
      derived(item, type, select, derived);
    }
    List<MemberPrinter> expanded = new ArrayList<>();
    for (QueryOptions.Expansion expansion : options.expand()) {
      if (!expansion.inDocument()) {
        expanded.add(expand(item, expansion));
      }
    }
    return new EntityPrinter(
        "#" + type.qualifiedName(),
        resource.typed(),
        resource.typeColumn() == null ? null : item.label(resource.typeColumn()),
        resource.etag() == null ? null : item.label(resource.etag()),
        List.copyOf(parts),
        derived,
        List.copyOf(expanded));
  }

  /** The expansions that lead into documents: by property, and by their path in its document. */
  private static Map<String, Map<String, QueryOptions>> inDocuments(
      Resource resource, QueryOptions options) {
    Map<String, Map<String, QueryOptions>> found = new LinkedHashMap<>();
    for (QueryOptions.Expansion expansion : options.expand()) {
      if (expansion.inDocument()) {
        String path = lower(expansion.documentPath());
        int slash = path.indexOf('/');
        String property = path.substring(0, slash);
        if (!(resource.field(property) instanceof Resource.Column column)
            || column.kind() != Resource.Kind.DOCUMENT) {
          throw QueryRefusals.notExpandable(expansion.navigation().name());
        }
        found
            .computeIfAbsent(property, name -> new LinkedHashMap<>())
            .put(path.substring(slash + 1), expansion.options());
      }
    }
    return found;
  }

  private static MemberPrinter document(
      FromItem item, Property property, Resource.Column column, DocumentView view) {
    return MemberPrinter.document(
        new SerializedString(property.name()),
        item.label("(" + column.sql() + ")::text"),
        property.collection(),
        view);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private void derived(
      FromItem item,
      StructuredType base,
      @Nullable Selection select,
      Map<String, EntityPrinter.Derived> into) {
    for (StructuredType type : base.derived()) {
      List<MemberPrinter> parts = new ArrayList<>();
      for (Property property : type.properties()) {
        if (item.type().property(property.name()).isEmpty()
            && selected(item.resource(), select, property.name())) {
          Selection inner = select == null ? null : select.of(property.name());
          Resource.Field field = item.resource().derivedField(type, property.name());
          parts.add(part(item, type, property, field, inner));
        }
      }
      into.put(
          lower(type.qualifiedName()),
          new EntityPrinter.Derived("#" + type.qualifiedName(), List.copyOf(parts)));
      derived(item, type, select, into);
    }
  }

  private static boolean selected(Resource resource, @Nullable Selection select, String name) {
    if (select != null && select.names(name)) {
      return true;
    }
    return (select == null || select.star()) && !resource.onlyWhenSelected(name);
  }

  private MemberPrinter part(
      FromItem item,
      StructuredType on,
      Property property,
      Resource.@Nullable Field field,
      @Nullable Selection select) {
    SerializableString name = new SerializedString(property.name());
    return switch (field) {
      case null -> {
        if (!property.nullable() && !property.collection()) {
          throw new IllegalStateException(
              item.resource() + " has no column for " + on + "/" + property.name());
        }
        yield MemberPrinter.nothing(name, property.collection());
      }
      case Resource.AlwaysNull nothing -> MemberPrinter.nothing(name, property.collection());
      case Resource.Parts complex -> {
        if (!(property.type() instanceof StructuredType type)) {
          throw new IllegalStateException(property.name() + " is not complex in " + on);
        }
        List<MemberPrinter> parts = new ArrayList<>();
        for (Property inner : type.properties()) {
          if (select == null || select.star() || select.names(inner.name())) {
            parts.add(
                part(
                    item,
                    type,
                    inner,
                    complex.parts().get(lower(inner.name())),
                    select == null ? null : select.of(inner.name())));
          }
        }
        yield new MemberPrinter.Complex(name, property.nullable(), List.copyOf(parts));
      }
      case Resource.Column column when column.kind() == Resource.Kind.DOCUMENT ->
          document(
              item,
              property,
              column,
              DocumentView.of(schema, property.type(), select, lateMembers, false, Map.of()));
      case Resource.Column column -> {
        // As JSON right from the database: reading SQL arrays costs more than all other columns.
        boolean texts = column.kind() == Resource.Kind.TEXTS;
        String label =
            item.label(texts ? "array_to_json(" + column.sql() + ")::text" : column.sql());
        yield MemberPrinter.of(column.kind(), name, label, property.type(), lateMembers);
      }
    };
  }

  private MemberPrinter expand(FromItem item, QueryOptions.Expansion expansion) {
    String name = expansion.navigation().name();
    SerializableString printed = new SerializedString(name);
    return switch (item.resource().navigation(name)) {
      case null -> throw QueryRefusals.notExpandable(name);
      case Resource.ToMany many when !many.expands() -> throw QueryRefusals.notExpandable(name);
      case Resource.ToMany many -> {
        String key = item.label(many.key());
        item.draft().expand();
        yield new MemberPrinter.Many(
            printed, key, statement(many.target().get(), expansion.options(), true, many));
      }
      case Resource.ToOne one -> one(item, expansion, printed);
      case Resource.Inline inline -> one(item, expansion, printed);
    };
  }

  private MemberPrinter one(
      FromItem item, QueryOptions.Expansion expansion, SerializableString printed) {
    FromItem target = item.join(expansion.navigation());
    if (target == null) {
      throw new IllegalStateException("not a navigation to one: " + printed);
    }
    return new MemberPrinter.One(
        printed, item.draft().label(target.present()), printer(target, expansion.options()));
  }

  private List<PlannedStatement.SortColumn> order(
      FromItem item, QueryOptions options, boolean checked) {
    List<QueryOptions.OrderTerm> terms = new ArrayList<>(options.orderBy());
    if (terms.isEmpty()) {
      String usual = item.resource().order();
      if (usual != null) {
        terms.addAll(QueryOptions.orderBy(schema, item.type(), usual));
      }
    } else if (checked) {
      for (QueryOptions.OrderTerm term : terms) {
        if (!item.resource().sortable(term.path().text())) {
          throw QueryRefusals.notSortable(term.path().text());
        }
      }
    }
    String key = item.sql(item.resource().key().sql());
    Map<String, PlannedStatement.SortColumn> order = new LinkedHashMap<>();
    for (QueryOptions.OrderTerm term : terms) {
      PathColumn column = PathColumn.of(item, term.path());
      if (column == null) {
        throw QueryRefusals.notSortable(term.path().text());
      }
      String sql = sortExpression(column, term.path());
      Resource.Kind kind =
          column.kind() == Resource.Kind.ENUM ? Resource.Kind.INTEGER : column.kind();
      order.putIfAbsent(
          sql,
          new PlannedStatement.SortColumn(
              sql, item.draft().label(sql), kind, term.descending(), column.nullable()));
      if (sql.equals(key)) {
        return List.copyOf(order.values());
      }
    }
    boolean descending = !terms.isEmpty() && terms.getLast().descending();
    order.put(
        key,
        new PlannedStatement.SortColumn(
            key, item.draft().label(key), Resource.Kind.TEXT, descending, false));
    return List.copyOf(order.values());
  }

  private static String sortExpression(PathColumn column, Path path) {
    return switch (column.kind()) {
      case TEXT, FLAG, INTEGER, BIGINT, TIME, PRECISE_TIME -> {
        if (path.steps().getLast() instanceof Step.Navigational) {
          throw QueryRefusals.notSortable(path.text());
        }
        // A bare constant in an order is the number of a column, or an error.
        boolean constant = column.sql().matches("[\\w'()-]+");
        yield constant ? "coalesce(" + column.sql() + ")" : column.sql();
      }
      case ENUM -> {
        if (column.type() instanceof EnumType type) {
          yield EvolvableEnums.rank(type, column.sql());
        }
        throw QueryRefusals.notSortable(path.text());
      }
      case ADDRESS, FLAGS, TEXTS, ENUMS, DOCUMENT -> throw QueryRefusals.notSortable(path.text());
    };
  }
}
