package dev.fettle.graph.query;

import dev.fettle.graph.schema.StructuredType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A readable collection: the entity type, its table, and for each property the column or SQL
 * expression. Declared once as a constant and used under every version: what a version's schema
 * does not name is left out there, and what the schema names and nobody declared is null, or empty
 * for a collection.
 *
 * <p>SQL is written for the row's table with the alias {@code t}. More tables of the same row take
 * aliases that begin with {@code t_}. Where a resource is reached from another one, its aliases are
 * renamed, so it can be joined any number of times. A plain column name needs no alias.
 *
 * <pre>{@code
 * static final Resource OPERATIONS =
 *     Resource.of("microsoft.graph.teamworkDeviceOperation")
 *         .from("updates_operation t")
 *         .key("id", "operation_id")
 *         .enumeration("operationType", "operation_type")
 *         .text("status", "status")
 *         .time("createdDateTime", "created_date_time")
 *         .json("createdBy", "created_by")
 *         .options(Option.TOP, Option.SELECT)
 *         .orderBy("createdDateTime desc")
 *         .neverNull("createdDateTime")
 *         .page(20, 50, AboveMaximum.REFUSE)
 *         .build();
 * }</pre>
 */
public final class Resource {

  /**
   * Kinds of value, which become JSON and take part in filters; each is what the builder's method
   * of that name says.
   */
  public enum Kind {
    TEXT,
    ADDRESS,
    FLAG,
    INTEGER,
    BIGINT,
    TIME,
    PRECISE_TIME,
    ENUM,
    FLAGS,
    TEXTS,
    ENUMS,
    DOCUMENT
  }

  /** The source of one property. */
  public sealed interface Field {

    /** The property as it was declared. */
    String name();
  }

  /**
   * One column or expression.
   *
   * @param sql written for the alias {@code t}, like all SQL of a resource
   */
  public record Column(String name, Kind kind, String sql) implements Field {}

  /**
   * A complex value made of columns.
   *
   * @param parts by name in lower case
   */
  public record Parts(String name, Map<String, Field> parts) implements Field {
    public Parts {
      parts = Map.copyOf(parts);
    }
  }

  /** A property that is there and never shown. */
  public record AlwaysNull(String name) implements Field {}

  /** A navigation property that can be expanded and filtered through. */
  public sealed interface Navigation {

    /** The navigation property as it was declared. */
    String name();

    /** The resource that it leads to; asked for late, since resources may lead to each other. */
    Supplier<Resource> target();
  }

  /**
   * To the one row of another table for which the condition holds.
   *
   * @param on the condition; {@code t} is this row and {@code n} the other
   */
  public record ToOne(String name, Supplier<Resource> target, String on) implements Navigation {}

  /**
   * To an entity whose columns lie in the same row.
   *
   * @param presentWhen the condition that there is one; null counts as false
   */
  public record Inline(String name, Supplier<Resource> target, String presentWhen)
      implements Navigation {}

  /**
   * To the rows of another table whose key column equals one of this row.
   *
   * @param key the column of this row
   * @param targetKey the column of the other
   * @param expands whether it can be shown; if not, it can only be filtered through
   */
  public record ToMany(
      String name, Supplier<Resource> target, String key, String targetKey, boolean expands)
      implements Navigation {}

  /**
   * The size of pages.
   *
   * @param usual the rows of a page that nobody gave a size
   * @param above the treatment of a {@code $top} above the maximum
   */
  record Paging(int usual, int maximum, AboveMaximum above) {}

  private final Builder made;

  private Resource(Builder made) {
    this.made = made;
  }

  /** Begins a resource of that entity type. */
  public static Builder of(String typeName) {
    return new Builder(typeName);
  }

  /** The qualified name of the entity type. */
  public String typeName() {
    return made.typeName;
  }

  /** The from-clause. */
  public String from() {
    return made.from;
  }

  /** The condition that all rows fulfil, or null. */
  public @Nullable String where() {
    return made.where;
  }

  /** The column that tells rows apart within the tenant or the scope. */
  public Column key() {
    if (made.fields.get(made.key) instanceof Column column) {
      return column;
    }
    throw new IllegalStateException("The key is not a column: " + made.typeName);
  }

  /** The source of a property, by its name in any letter case; null if nobody declared it. */
  public @Nullable Field field(String name) {
    return made.fields.get(lower(name));
  }

  /** The same for a property that a derived type adds, or one between it and the declared type. */
  @Nullable Field derivedField(@Nullable StructuredType derived, String name) {
    for (StructuredType type = derived; type != null; type = type.base().orElse(null)) {
      Map<String, Field> fields = made.derived.get(lower(type.qualifiedName()));
      if (fields != null && fields.containsKey(lower(name))) {
        return fields.get(lower(name));
      }
    }
    return null;
  }

  /** The column with the row's own type; null if all rows are of the declared one. */
  public @Nullable String typeColumn() {
    return made.typeColumn;
  }

  /** True if {@code @odata.type} is printed even where it is the declared type. */
  public boolean typed() {
    return made.typed;
  }

  /** The expression for {@code @odata.etag}, or null. */
  public @Nullable String etag() {
    return made.etag;
  }

  /** The navigation of a property, by its name in any letter case; null if none is declared. */
  public @Nullable Navigation navigation(String name) {
    return made.navigations.get(lower(name));
  }

  /** The options that the collection takes. */
  public Set<Option> options() {
    return Collections.unmodifiableSet(made.options);
  }

  /** The options that a single entity takes. */
  public Set<Option> entityOptions() {
    return Collections.unmodifiableSet(made.entityOptions);
  }

  /**
   * The operators by which a path may be filtered; none if it may not be, null if every property
   * may be by every operator.
   */
  public @Nullable Set<Operator> operators(String path) {
    if (made.filterable.isEmpty()) {
      return null;
    }
    String wanted = lower(path);
    Set<Operator> found = made.filterable.get(wanted);
    if (found != null) {
      return found;
    }
    int slash = wanted.lastIndexOf('/');
    while (slash > 0) {
      found = made.filterable.get(wanted.substring(0, slash) + "/*");
      if (found != null) {
        return found;
      }
      slash = wanted.lastIndexOf('/', slash - 1);
    }
    return Set.of();
  }

  /** True if a path may be sorted by, as far as the resource has a say. */
  public boolean sortable(String path) {
    return made.sortable.isEmpty() || made.sortable.contains(lower(path));
  }

  /** True if a property is returned only if {@code $select} names it. */
  public boolean onlyWhenSelected(String name) {
    return made.onlyWhenSelected.contains(lower(name));
  }

  /** True if navigation members of a document are shown only if {@code $expand} names them. */
  public boolean expandable(String name) {
    return made.expandable.contains(lower(name));
  }

  /** True if the path's column is known to hold a value in every row. */
  public boolean neverNull(String path) {
    return made.neverNull.contains(lower(path));
  }

  /** The order without {@code $orderby}, written like one; null if it is the key alone. */
  public @Nullable String order() {
    return made.order;
  }

  /** The size of pages. */
  Paging paging() {
    return made.paging;
  }

  /** True if {@code @odata.count} is sent unasked. */
  public boolean alwaysCount() {
    return made.alwaysCount;
  }

  /** True if {@code @odata.count} is sent unasked where a {@code $filter} was given. */
  public boolean countsWhenFiltered() {
    return made.countWhenFiltered;
  }

  @Override
  public String toString() {
    return made.typeName + " of " + made.from;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** A plain column name gets the alias of the row's table; any other expression has its own. */
  private static String qualified(String sql) {
    boolean plain = sql.matches("[a-z_][a-z0-9_]*") && !sql.matches("null|true|false");
    return plain ? "t." + sql : sql;
  }

  /** Names the parts of a complex value, or of a derived type, and their columns. */
  public static class Fields<B extends Fields<B>> {

    final Map<String, Field> fields = new LinkedHashMap<>();

    private Fields() {}

    @SuppressWarnings("unchecked")
    private B self() {
      return (B) this;
    }

    B add(Field field) {
      if (fields.put(lower(field.name()), field) != null) {
        throw new IllegalArgumentException("Declared twice: " + field.name());
      }
      return self();
    }

    private B column(String name, Kind kind, String sql) {
      return add(new Column(name, kind, qualified(sql)));
    }

    /** A text. */
    public B text(String name, String column) {
      return column(name, Kind.TEXT, column);
    }

    /** A boolean. */
    public B flag(String name, String column) {
      return column(name, Kind.FLAG, column);
    }

    /** An integer column. */
    public B integer(String name, String column) {
      return column(name, Kind.INTEGER, column);
    }

    /** A bigint column. */
    public B bigint(String name, String column) {
      return column(name, Kind.BIGINT, column);
    }

    /** A timestamptz column; printed in UTC with as many digits as it has. */
    public B time(String name, String column) {
      return column(name, Kind.TIME, column);
    }

    /**
     * A text column in the form of {@link dev.fettle.graph.schema.PreciseTime}, which keeps 100 ns.
     */
    public B preciseTime(String name, String column) {
      return column(name, Kind.PRECISE_TIME, column);
    }

    /** A text column that holds the member's name as the schema spells it. */
    public B enumeration(String name, String column) {
      return column(name, Kind.ENUM, column);
    }

    /** A text[] column with the member names of a flags enumeration; printed with commas. */
    public B flags(String name, String column) {
      return column(name, Kind.FLAGS, column);
    }

    /** A text column with a path below the version root; printed as an absolute address. */
    public B address(String name, String column) {
      return column(name, Kind.ADDRESS, column);
    }

    /** A text[] column. */
    public B texts(String name, String column) {
      return column(name, Kind.TEXTS, column);
    }

    /** A text[] column with member names. */
    public B enumerations(String name, String column) {
      return column(name, Kind.ENUMS, column);
    }

    /**
     * A jsonb column in the shape of the schema, for complex values and collections of them; a path
     * into it can be selected, and filtered where its end is a simple value.
     */
    public B json(String name, String column) {
      return column(name, Kind.DOCUMENT, column);
    }

    /** A complex value made of columns; null if it may be and all of them are. */
    public B complex(String name, Consumer<Complex> parts) {
      Complex inner = new Complex();
      parts.accept(inner);
      return add(new Parts(name, inner.fields));
    }

    /** A property that is always null in answers, such as one that can only be written. */
    public B alwaysNull(String name) {
      return add(new AlwaysNull(name));
    }
  }

  /** The parts of a complex value, or the properties that a derived type adds. */
  public static final class Complex extends Fields<Complex> {}

  /** Collects the parts of a resource; each method answers the builder. */
  public static final class Builder extends Fields<Builder> {

    private final String typeName;
    private String from = "";
    private String key = "";
    private @Nullable String where;
    private @Nullable String typeColumn;
    private boolean typed;
    private @Nullable String etag;
    private final Map<String, Map<String, Field>> derived = new LinkedHashMap<>();
    private final Map<String, Navigation> navigations = new LinkedHashMap<>();
    private final Set<Option> options = EnumSet.of(Option.SKIPTOKEN, Option.FORMAT);
    private Set<Option> entityOptions = EnumSet.of(Option.SELECT, Option.EXPAND, Option.FORMAT);
    private final Map<String, Set<Operator>> filterable = new LinkedHashMap<>();
    private final List<String> sortable = new ArrayList<>();
    private final List<String> onlyWhenSelected = new ArrayList<>();
    private final List<String> expandable = new ArrayList<>();
    private final List<String> neverNull = new ArrayList<>();
    private @Nullable String order;
    private Paging paging = new Paging(100, 999, AboveMaximum.CAP);
    private boolean alwaysCount;
    private boolean countWhenFiltered;

    private Builder(String typeName) {
      this.typeName = typeName;
    }

    /** The from-clause; the row's table has the alias {@code t}. */
    public Builder from(String clause) {
      this.from = clause;
      return this;
    }

    /** The property and column that tell rows apart within the tenant or the scope. */
    public Builder key(String name, String column) {
      this.key = lower(name);
      neverNull(name);
      return text(name, column);
    }

    /** A condition that all rows of this resource fulfil; no values can be bound. */
    public Builder where(String condition) {
      this.where = condition;
      return this;
    }

    /** A text column with the qualified name of the row's own type, where that may be derived. */
    public Builder typeColumn(String column) {
      this.typeColumn = qualified(column);
      return this;
    }

    /** The properties that rows of a derived type have beside those of the base type. */
    public Builder derived(String derivedType, Consumer<Complex> properties) {
      Complex inner = new Complex();
      properties.accept(inner);
      derived.put(lower(derivedType), inner.fields);
      return this;
    }

    /** Prints {@code @odata.type} even where it is the declared type. */
    public Builder typed() {
      this.typed = true;
      return this;
    }

    /** A text expression for {@code @odata.etag}, complete with its quotes. */
    public Builder etag(String expression) {
      this.etag = qualified(expression);
      return this;
    }

    /**
     * A navigation to one row of another resource. In the condition {@code t} is this row and
     * {@code n} the other; that both are of one tenant is added.
     */
    public Builder toOne(String name, Supplier<Resource> target, String on) {
      navigations.put(lower(name), new ToOne(name, target, on));
      return this;
    }

    /**
     * A navigation to an entity whose columns lie in this row: the target's columns are written for
     * this row's tables, and its own from-clause is not used.
     */
    public Builder inline(String name, Supplier<Resource> target, String presentWhen) {
      navigations.put(lower(name), new Inline(name, target, presentWhen));
      return this;
    }

    /**
     * A navigation to the rows of another resource whose column equals one of this row; that both
     * are of one tenant is added. Both are text.
     */
    public Builder toMany(String name, Supplier<Resource> target, String key, String targetKey) {
      return toMany(name, target, key, targetKey, true);
    }

    /** The same for a navigation that can be filtered through and is not shown by expanding it. */
    public Builder toManyForFilters(
        String name, Supplier<Resource> target, String key, String targetKey) {
      return toMany(name, target, key, targetKey, false);
    }

    private Builder toMany(
        String name, Supplier<Resource> target, String key, String targetKey, boolean expands) {
      navigations.put(
          lower(name), new ToMany(name, target, qualified(key), qualified(targetKey), expands));
      return this;
    }

    /** The options that the collection takes; {@code $skiptoken} is always among them. */
    public Builder options(Option... allowed) {
      options.addAll(Arrays.asList(allowed));
      return this;
    }

    /** The options that a single entity takes; {@code $select} and {@code $expand} if not said. */
    public Builder entityOptions(Option... allowed) {
      Set<Option> set = EnumSet.of(Option.FORMAT);
      set.addAll(Arrays.asList(allowed));
      entityOptions = set;
      return this;
    }

    /**
     * Lets a path such as {@code hardwareDetail/uniqueId} be filtered, by all operators if none is
     * named; {@code teamsApp/*} stands for every path below. Once one path is named, all others are
     * refused.
     */
    public Builder filterable(String path, Operator... operators) {
      filterable.put(
          lower(path),
          Collections.unmodifiableSet(
              operators.length == 0
                  ? EnumSet.allOf(Operator.class)
                  : EnumSet.copyOf(Arrays.asList(operators))));
      return this;
    }

    /** Lets only these paths be sorted by; all simple ones if this is not called. */
    public Builder sortable(String... paths) {
      Arrays.stream(paths).map(Resource::lower).forEach(sortable::add);
      return this;
    }

    /** Properties that are returned only if {@code $select} names them. */
    public Builder onlyWhenSelected(String... names) {
      Arrays.stream(names).map(Resource::lower).forEach(onlyWhenSelected::add);
      return this;
    }

    /**
     * Documents whose navigation members are shown only if {@code $expand} names them, such as
     * {@code cameraConfiguration/cameras}; in other documents they are always shown.
     */
    public Builder expandable(String... names) {
      Arrays.stream(names).map(Resource::lower).forEach(expandable::add);
      return this;
    }

    /** Properties whose columns are not null though the schema allows it: they sort by index. */
    public Builder neverNull(String... paths) {
      Arrays.stream(paths).map(Resource::lower).forEach(neverNull::add);
      return this;
    }

    /** The order without {@code $orderby}, written like one; the key is added to it. */
    public Builder orderBy(String defaultOrder) {
      this.order = defaultOrder;
      return this;
    }

    /** The rows of a page, the most that it may have, and the treatment of more. */
    public Builder page(int usual, int maximum, AboveMaximum above) {
      this.paging = new Paging(usual, maximum, above);
      return this;
    }

    /** Sends {@code @odata.count} unasked. */
    public Builder alwaysCount() {
      this.alwaysCount = true;
      return this;
    }

    /** Sends {@code @odata.count} unasked with what a {@code $filter} left. */
    public Builder countWhenFiltered() {
      this.countWhenFiltered = true;
      return this;
    }

    /** The finished resource. */
    public Resource build() {
      if (key.isEmpty()) {
        throw new IllegalStateException("A resource needs a key: " + typeName);
      }
      return new Resource(this);
    }
  }
}
