package dev.fettle.graph.query;

import dev.fettle.graph.schema.EntityType;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.Schema;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A resource within a statement: its alias, and the resources joined to it. It grows while paths
 * are followed, so it belongs to the thread that makes the statement.
 *
 * @param draft of the statement
 * @param parent the item that this one is joined to, by the navigation
 */
record FromItem(
    Schema schema,
    Resource resource,
    String alias,
    StatementDraft draft,
    @Nullable FromItem parent,
    Resource.@Nullable Navigation navigation,
    Map<String, FromItem> joined) {

  // The alias t or n, or one that begins with it and an underscore; not a column, not in quotes.
  private static final Pattern ALIAS =
      Pattern.compile("(?<![\\w.'\"$])([tn])(_[a-z0-9_]*)?(?![\\w'\"(])");

  /** The resource that a statement reads. */
  static FromItem root(Schema schema, Resource resource) {
    return new FromItem(
        schema, resource, "t", new StatementDraft(), null, null, new LinkedHashMap<>());
  }

  private FromItem other(
      Resource target, String as, @Nullable FromItem from, Resource.@Nullable Navigation by) {
    return new FromItem(schema, target, as, draft, from, by, new LinkedHashMap<>());
  }

  /** A resource of a sub-statement. */
  FromItem beside(Resource target) {
    return other(target, draft.alias(), null, null);
  }

  /** The resource's type in the schema of the request. */
  EntityType type() {
    return schema.entityType(resource.typeName());
  }

  /**
   * The resource that a navigation to one leads to, joined once however often it is used; null if
   * the resource declares no such navigation, or one to many.
   */
  @Nullable FromItem join(NavigationProperty property) {
    FromItem known = joined.get(property.name());
    if (known != null) {
      return known;
    }
    FromItem item =
        switch (resource.navigation(property.name())) {
          case null -> null;
          case Resource.ToMany many -> null;
          case Resource.ToOne one -> other(one.target().get(), draft.alias(), this, one);
          case Resource.Inline inline -> other(inline.target().get(), alias, this, inline);
        };
    if (item != null) {
      joined.put(property.name(), item);
    }
    return item;
  }

  /** SQL of the resource with the alias that it has here. */
  String sql(String written) {
    return alias.equals("t") ? written : rename(written, alias, alias);
  }

  /** The label in the result of SQL of the resource. */
  String label(String written) {
    return draft.label(sql(written));
  }

  /** A condition that is true exactly if there is an entity. */
  String present() {
    if (navigation instanceof Resource.Inline inline) {
      return "coalesce(" + sql(inline.presentWhen()) + ", false)";
    }
    return "(" + sql(resource.key().sql()) + " is not null)";
  }

  /** The column with the tenant. */
  String tenant() {
    return sql("t.tenant_id");
  }

  /** The from-clause with all joins that were asked for so far. */
  String from() {
    StringBuilder out = new StringBuilder(sql(resource.from()));
    joins(out);
    return out.toString();
  }

  private void joins(StringBuilder out) {
    for (FromItem other : joined.values()) {
      if (other.navigation instanceof Resource.ToOne one && other.parent != null) {
        String table = other.sql(other.resource.from());
        boolean several = table.toLowerCase(Locale.ROOT).contains(" join ");
        out.append(" left join ");
        out.append(several ? "(" : "").append(table).append(several ? ")" : "").append(" on ");
        out.append(other.tenant()).append(" = ").append(tenant());
        out.append(" and (").append(rename(one.on(), alias, other.alias)).append(')');
        String where = other.resource.where();
        if (where != null) {
          out.append(" and (").append(other.sql(where)).append(')');
        }
      }
      other.joins(out);
    }
  }

  private static String rename(String written, String t, String n) {
    Matcher matcher = ALIAS.matcher(written);
    StringBuilder out = new StringBuilder();
    while (matcher.find()) {
      String rest = matcher.group(2) == null ? "" : matcher.group(2);
      matcher.appendReplacement(
          out, Matcher.quoteReplacement((matcher.group(1).equals("t") ? t : n) + rest));
    }
    return matcher.appendTail(out).toString();
  }
}
