package dev.fettle.graph.query;

import dev.fettle.db.Sql;
import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.Schema;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a read, made of a resource and the options of a request; free of tenant, path and
 * cursor.
 *
 * @param contextItems the parentheses of the context URL, or nothing
 * @param repeated the options as a next link repeats them, encoded
 * @param bound the options that a cursor is bound to
 * @param entityTexts statements that read one entity, by the text of the scope, of which there are
 *     as many as places that call; made when first needed, by any thread
 */
record Plan(
    PlannedStatement statement,
    @Nullable Integer top,
    int skip,
    boolean count,
    String contextItems,
    String repeated,
    List<String> bound,
    Map<String, String> entityTexts) {

  private static final Set<Option> WHEN_COUNTED = EnumSet.of(Option.FILTER, Option.FORMAT);

  /** Kinds of read, which differ in the options that are allowed. */
  enum Use {
    COLLECTION,
    ENTITY,
    COUNT
  }

  /** The key that a plan follows from, and is kept by. */
  record Key(
      Resource resource,
      Schema schema,
      Use use,
      boolean lateMembers,
      List<QueryString.Parameter> parameters) {}

  /** The statement that reads the one entity within the scope. */
  Sql entity(String tenantId, Sql scope) {
    String known = entityTexts.get(scope.text());
    SqlBuilder out = new SqlBuilder(known);
    out.add("select ").add(statement.columns());
    statement.rows(out, tenantId, scope);
    Sql statement = out.sql();
    if (known == null) {
      entityTexts.put(scope.text(), statement.text());
    }
    return statement;
  }

  /** Parses the options against the schema and what the resource allows, and plans the read. */
  static Plan of(Key key) {
    Resource resource = key.resource();
    EntityType type = key.schema().entityType(resource.typeName());
    Map<Option, String> system = QueryOptions.system(key.parameters());
    Set<Option> allowed =
        switch (key.use()) {
          case COLLECTION -> resource.options();
          case ENTITY -> resource.entityOptions();
          case COUNT -> {
            Set<Option> both = EnumSet.copyOf(WHEN_COUNTED);
            both.retainAll(resource.options());
            yield both;
          }
        };
    // A second $skiptoken is left among the parameters and is one too many.
    if (system.containsKey(Option.SKIPTOKEN)) {
      throw QueryRefusals.givenTwice(Option.SKIPTOKEN);
    }
    QueryOptions options =
        QueryOptions.parse(key.schema(), type, key.lateMembers(), system, allowed);
    Integer top = options.top();
    if (top != null && top > resource.paging().maximum()) {
      if (resource.paging().above() == AboveMaximum.REFUSE) {
        throw QueryRefusals.aboveMaximum(
            resource.paging().maximum(), system.getOrDefault(Option.TOP, "").strip());
      }
      top = resource.paging().maximum();
    }
    PlannedStatement statement =
        new Planner(key.schema(), key.lateMembers())
            .plan(resource, options, key.use() == Use.COLLECTION);
    List<String> items = options.contextItems();
    return new Plan(
        statement,
        top,
        options.skip() == null ? 0 : options.skip(),
        options.count() == null
            ? resource.alwaysCount()
                || (resource.countsWhenFiltered() && system.containsKey(Option.FILTER))
            : options.count(),
        items.isEmpty() ? "" : "(" + String.join(",", items) + ")",
        repeated(key.parameters()),
        bound(system),
        new ConcurrentHashMap<>());
  }

  /** All parameters of the request but those that say where to begin. */
  private static String repeated(List<QueryString.Parameter> parameters) {
    StringBuilder out = new StringBuilder();
    for (QueryString.Parameter parameter : parameters) {
      Option option = QueryOptions.option(parameter.name());
      if (option == Option.SKIP) {
        continue;
      }
      String name =
          option == null ? QueryString.encode(parameter.name()) : "$" + option.parameter();
      out.append(name).append('=').append(QueryString.encode(parameter.value())).append('&');
    }
    return out.toString();
  }

  private static List<String> bound(Map<Option, String> options) {
    List<String> bound = new ArrayList<>();
    new TreeMap<>(options)
        .forEach(
            (option, value) -> {
              if (option != Option.SKIP) {
                bound.add(option.parameter());
                bound.add(value);
              }
            });
    return List.copyOf(bound);
  }
}
