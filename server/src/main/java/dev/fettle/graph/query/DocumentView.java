package dev.fettle.graph.query;

import dev.fettle.graph.schema.EnumType;
import dev.fettle.graph.schema.NavigationProperty;
import dev.fettle.graph.schema.Property;
import dev.fettle.graph.schema.Schema;
import dev.fettle.graph.schema.StructuredType;
import dev.fettle.graph.schema.Type;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The part of a stored document that a caller sees. It is passed through as text unless parts of it
 * were selected, or it may hold enum members that the caller must not see.
 *
 * @param hidesNavigations whether entities in the document are shown only if they are expanded
 * @param expanded the expanded ones by their path in the document, in lower case
 * @param late the members that the caller must not see, in quotes
 */
record DocumentView(
    Schema schema,
    Type type,
    @Nullable Selection selection,
    boolean hidesNavigations,
    Map<String, QueryOptions> expanded,
    List<String> late) {

  /** A view of documents of the type. */
  static DocumentView of(
      Schema schema,
      Type type,
      @Nullable Selection selection,
      boolean lateMembers,
      boolean hidesNavigations,
      Map<String, QueryOptions> expanded) {
    Set<String> late = new HashSet<>();
    if (!lateMembers) {
      collectLate(type, late, new HashSet<>());
    }
    return new DocumentView(
        schema,
        type,
        selection,
        hidesNavigations,
        expanded,
        late.stream().map(name -> "\"" + name + "\"").toList());
  }

  /** The text to print for a stored text. */
  String of(String stored) {
    boolean rewrite = selection != null || hidesNavigations || !expanded.isEmpty();
    return rewrite || late.stream().anyMatch(stored::contains)
        ? Json.text(view(Json.readTrusted(stored), type, selection, ""))
        : Json.compact(stored);
  }

  private JsonNode view(JsonNode node, Type declared, @Nullable Selection select, String path) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(item -> copy.add(view(item, declared, select, path)));
      return copy;
    }
    if (node instanceof StringNode text && declared instanceof EnumType enumeration) {
      return StringNode.valueOf(
          EvolvableEnums.shown(enumeration, text.stringValue(), late.isEmpty()));
    }
    if (!(node instanceof ObjectNode object) || !(declared instanceof StructuredType structured)) {
      return node;
    }
    StructuredType actual = structured;
    if (object.get("@odata.type") instanceof StringNode own
        && schema.type(own.stringValue()).orElse(null) instanceof StructuredType named) {
      actual = named;
    }
    ObjectNode copy = object.objectNode();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      String name = member.getKey();
      NavigationProperty navigation = actual.navigation(name).orElse(null);
      if (navigation != null) {
        QueryOptions options = expanded.get(path + lower(name));
        if (options != null || (!hidesNavigations && chosen(select, name))) {
          Selection inner = options == null ? null : options.select();
          copy.set(
              name, view(member.getValue(), navigation.type(), inner, path + lower(name) + "/"));
        }
        continue;
      }
      boolean leadsOn = leadsToExpanded(path + lower(name) + "/");
      if (!chosen(select, name) && !leadsOn) {
        continue;
      }
      Property property = actual.property(name).orElse(null);
      if (property == null) {
        copy.set(name, member.getValue());
      } else {
        Selection inner = within(select, name);
        copy.set(name, view(member.getValue(), property.type(), inner, path + lower(name) + "/"));
      }
    }
    for (NavigationProperty navigation : actual.navigations()) {
      if (expanded.containsKey(path + lower(navigation.name())) && !copy.has(navigation.name())) {
        copy.set(navigation.name(), navigation.collection() ? copy.arrayNode() : copy.nullNode());
      }
    }
    return copy;
  }

  private static boolean chosen(@Nullable Selection select, String name) {
    return select == null || select.star() || select.names(name) || name.startsWith("@");
  }

  /** The selection within a member; an empty one if only an expansion leads through it. */
  private static @Nullable Selection within(@Nullable Selection select, String name) {
    if (select == null || select.star()) {
      return null;
    }
    return select.names(name) ? select.of(name) : new Selection();
  }

  private boolean leadsToExpanded(String prefix) {
    return expanded.keySet().stream().anyMatch(path -> path.startsWith(prefix));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static void collectLate(Type type, Set<String> late, Set<Type> seen) {
    if (!seen.add(type)) {
      return;
    }
    if (type instanceof EnumType enumeration) {
      enumeration.lateMembers().forEach(member -> late.add(member.name()));
    } else if (type instanceof StructuredType structured) {
      List<Type> next = new ArrayList<>();
      structured.properties().forEach(property -> next.add(property.type()));
      structured.navigations().forEach(navigation -> next.add(navigation.type()));
      next.addAll(structured.derived());
      next.forEach(inner -> collectLate(inner, late, seen));
    }
  }
}
