package dev.fettle.graph.schema;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Reads a CSDL document in two passes: the first makes every type by name, the second fills in the
 * members, base types first. A document that names a type it does not have is refused.
 */
final class CsdlReader {

  private final Map<String, Type> types = new LinkedHashMap<>();
  private final Map<String, String> namespaces = new HashMap<>();

  /** The structured types that have no members yet, and the elements that name those. */
  private final Map<StructuredType, Element> unread = new LinkedHashMap<>();

  Schema read(byte[] document) {
    List<Element> schemas = new ArrayList<>();
    NodeList found = parse(document).getElementsByTagNameNS("*", "Schema");
    for (int i = 0; i < found.getLength(); i++) {
      schemas.add((Element) found.item(i));
    }
    schemas.forEach(this::types);
    List.copyOf(unread.keySet()).forEach(this::complete);
    Map<String, List<Operation>> operations = new HashMap<>();
    Map<String, Root> roots = new LinkedHashMap<>();
    for (Element schema : schemas) {
      for (Element element : children(schema, "Action", "Function")) {
        Operation operation = operation(element, attribute(schema, "Namespace"));
        operations.computeIfAbsent(lower(operation.name()), n -> new ArrayList<>()).add(operation);
      }
      for (Element container : children(schema, "EntityContainer")) {
        for (Element element : children(container, "EntitySet", "Singleton")) {
          boolean set = element.getLocalName().equals("EntitySet");
          String name = attribute(element, "Name");
          EntityType type = entityType(attribute(element, set ? "EntityType" : "Type"));
          roots.put(lower(name), new Root(name, type, set));
        }
      }
    }
    operations.replaceAll((name, list) -> List.copyOf(list));
    return new Schema(document.clone(), types, namespaces, operations, roots);
  }

  private static Document parse(byte[] document) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return builder.parse(new ByteArrayInputStream(document));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new IllegalArgumentException("Not a CSDL document: " + e.getMessage(), e);
    }
  }

  private void types(Element schema) {
    String namespace = attribute(schema, "Namespace");
    namespaces.put(lower(namespace), lower(namespace));
    if (schema.hasAttribute("Alias")) {
      namespaces.put(lower(attribute(schema, "Alias")), lower(namespace));
    }
    for (Element element : children(schema, "EnumType", "EntityType", "ComplexType")) {
      String name = namespace + "." + attribute(element, "Name");
      boolean isAbstract = flag(element, "Abstract", false);
      boolean open = flag(element, "OpenType", false);
      Type type =
          switch (element.getLocalName()) {
            case "EntityType" -> new EntityType(name, isAbstract, open);
            case "ComplexType" -> new ComplexType(name, isAbstract, open);
            default ->
                new EnumType(
                    name,
                    flag(element, "IsFlags", false),
                    children(element, "Member").stream()
                        .map(
                            member ->
                                new EnumType.Member(
                                    attribute(member, "Name"),
                                    Long.parseLong(attribute(member, "Value"))))
                        .toList());
          };
      if (types.put(lower(name), type) != null) {
        throw new IllegalArgumentException("Declared twice: " + name);
      }
      if (type instanceof StructuredType structured) {
        unread.put(structured, element);
      }
    }
  }

  private void complete(StructuredType type) {
    Element element = unread.remove(type);
    if (element == null) {
      return;
    }
    StructuredType base = null;
    if (element.hasAttribute("BaseType")) {
      String named = attribute(element, "BaseType");
      if (!(resolve(named) instanceof StructuredType parent)) {
        throw new IllegalArgumentException("Not a structured type: " + named);
      }
      complete(parent);
      base = parent;
    }
    if (type instanceof EntityType entity) {
      for (Element key : children(element, "Key")) {
        entity.key(
            children(key, "PropertyRef").stream().map(part -> attribute(part, "Name")).toList());
      }
    }
    List<NavigationProperty> navigations = new ArrayList<>();
    for (Element one : children(element, "NavigationProperty")) {
      navigations.add(
          new NavigationProperty(
              attribute(one, "Name"),
              entityType(itemName(one)),
              flag(one, "Nullable", true),
              isCollection(one),
              flag(one, "ContainsTarget", false)));
    }
    type.complete(
        base, children(element, "Property").stream().map(this::property).toList(), navigations);
  }

  private Operation operation(Element element, String namespace) {
    List<Property> parameters = new ArrayList<>();
    Operation.Binding binding = null;
    for (Element one : children(element, "Parameter")) {
      if (flag(element, "IsBound", false) && binding == null) {
        binding = new Operation.Binding(item(one), isCollection(one));
      } else {
        parameters.add(property(one));
      }
    }
    Operation.@Nullable Returned returned = null;
    for (Element one : children(element, "ReturnType")) {
      returned = new Operation.Returned(item(one), isCollection(one));
    }
    return new Operation(
        namespace + "." + attribute(element, "Name"),
        element.getLocalName().equals("Function"),
        binding,
        parameters,
        returned);
  }

  private Property property(Element element) {
    return new Property(
        attribute(element, "Name"),
        item(element),
        flag(element, "Nullable", true),
        isCollection(element));
  }

  private EntityType entityType(String name) {
    if (resolve(name) instanceof EntityType type) {
      return type;
    }
    throw new IllegalArgumentException("Not an entity type: " + name);
  }

  private Type resolve(String name) {
    int dot = Math.max(name.lastIndexOf('.'), 0);
    String namespace = lower(name.substring(0, dot));
    String full = namespaces.getOrDefault(namespace, namespace) + lower(name.substring(dot));
    Type type = name.startsWith("Edm.") ? PrimitiveType.named(name).orElse(null) : types.get(full);
    if (type == null) {
      throw new IllegalArgumentException("No such type: " + name);
    }
    return type;
  }

  /** The type of an element, of a collection that of its items. */
  private Type item(Element element) {
    return resolve(itemName(element));
  }

  private static String itemName(Element element) {
    String type = attribute(element, "Type");
    return isCollection(element) ? type.substring("Collection(".length(), type.length() - 1) : type;
  }

  private static boolean isCollection(Element element) {
    return attribute(element, "Type").startsWith("Collection(");
  }

  private static List<Element> children(Element parent, String... names) {
    Set<String> wanted = Set.of(names);
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && wanted.contains(element.getLocalName())) {
        found.add(element);
      }
    }
    return found;
  }

  private static String attribute(Element element, String name) {
    if (!element.hasAttribute(name)) {
      throw new IllegalArgumentException(element.getLocalName() + " without " + name);
    }
    return element.getAttribute(name);
  }

  private static boolean flag(Element element, String name, boolean otherwise) {
    return element.hasAttribute(name)
        ? Boolean.parseBoolean(element.getAttribute(name))
        : otherwise;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
