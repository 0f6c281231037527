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
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * What a caller sees of a stored document. It is passed through as text unless parts of it were
 * selected, or it may hold enum members that the caller must not see.
 */
final class DocumentView {

  private final Schema schema;
  private final Type type;
  private final @Nullable Selection selection;
  private final List<String> hidden;

  private DocumentView(
      Schema schema, Type type, @Nullable Selection selection, List<String> hidden) {
    this.schema = schema;
    this.type = type;
    this.selection = selection;
    this.hidden = hidden;
  }

  static DocumentView of(
      Schema schema, Type type, @Nullable Selection selection, boolean lateMembers) {
    Set<String> late = new HashSet<>();
    if (!lateMembers) {
      collectLate(type, late, new HashSet<>());
    }
    return new DocumentView(
        schema, type, selection, late.stream().map(name -> "\"" + name + "\"").toList());
  }

  /** The text to print for a stored text. */
  String of(String stored) {
    boolean rewrite = selection != null;
    for (int i = 0; i < hidden.size() && !rewrite; i++) {
      rewrite = stored.contains(hidden.get(i));
    }
    if (!rewrite) {
      return stored;
    }
    return Json.text(view(Json.readTrusted(stored), type, selection));
  }

  private JsonNode view(JsonNode node, Type declared, @Nullable Selection select) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(item -> copy.add(view(item, declared, select)));
      return copy;
    }
    if (node instanceof StringNode text && declared instanceof EnumType enumeration) {
      return StringNode.valueOf(Enums.shown(enumeration, text.stringValue(), hidden.isEmpty()));
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
      Selection inner = null;
      if (select != null && !select.star() && !name.startsWith("@")) {
        if (!select.names(name)) {
          continue;
        }
        inner = select.of(name);
      }
      Property property = actual.property(name).orElse(null);
      NavigationProperty navigation = actual.navigation(name).orElse(null);
      Type inside =
          property != null ? property.type() : navigation != null ? navigation.type() : structured;
      boolean known = property != null || navigation != null;
      copy.set(name, known ? view(member.getValue(), inside, inner) : member.getValue());
    }
    return copy;
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
