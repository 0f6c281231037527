package dev.fettle.graph.schema;

import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CSDL document in two passes: the first makes every type by name, the second fills in the
 * members, base types first. A document that names a type it does not have is refused.
 */
final class CsdlReader {

  /** An element of the document; a tree of the JDK's would cost a start 40 ms. */
  private record Element(String name, Map<String, String> attributes, List<Element> children) {

    List<Element> all(String... names) {
      Set<String> wanted = Set.of(names);
      return children.stream().filter(child -> wanted.contains(child.name)).toList();
    }

    /** The elements of that name at any depth. */
    List<Element> below(String wanted) {
      return children.stream()
          .flatMap(
              child -> child.name.equals(wanted) ? Stream.of(child) : child.below(wanted).stream())
          .toList();
    }

    boolean has(String attribute) {
      return attributes.containsKey(attribute);
    }

    String attribute(String attribute) {
      String value = attributes.get(attribute);
      if (value == null) {
        throw new IllegalArgumentException(name + " without " + attribute);
      }
      return value;
    }

    boolean flag(String attribute, boolean otherwise) {
      String value = attributes.get(attribute);
      return value == null ? otherwise : Boolean.parseBoolean(value);
    }
  }

  private final Map<String, Type> types = new LinkedHashMap<>();
  private final Map<String, String> namespaces = new HashMap<>();

  /** The structured types that have no members yet, and the elements that name those. */
  private final Map<StructuredType, Element> unread = new LinkedHashMap<>();

  Schema read(byte[] document) {
    List<Element> schemas = parse(document).below("Schema");
    schemas.forEach(this::types);
    List.copyOf(unread.keySet()).forEach(this::complete);
    Map<String, List<Operation>> operations = new HashMap<>();
    Map<String, Root> roots = new LinkedHashMap<>();
    for (Element schema : schemas) {
      for (Element element : schema.all("Action", "Function")) {
        Operation operation = operation(element, schema.attribute("Namespace"));
        operations.computeIfAbsent(lower(operation.name()), n -> new ArrayList<>()).add(operation);
      }
      for (Element container : schema.all("EntityContainer")) {
        for (Element element : container.all("EntitySet", "Singleton")) {
          boolean set = element.name().equals("EntitySet");
          String name = element.attribute("Name");
          EntityType type = entityType(element.attribute(set ? "EntityType" : "Type"));
          roots.put(lower(name), new Root(name, type, set));
        }
      }
    }
    operations.replaceAll((name, list) -> List.copyOf(list));
    return new Schema(document.clone(), types, namespaces, operations, roots);
  }

  private static Element parse(byte[] document) {
    Element root = new Element("", new HashMap<>(), new ArrayList<>());
    Deque<Element> open = new ArrayDeque<>(List.of(root));
    try {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      XMLStreamReader in = factory.createXMLStreamReader(new ByteArrayInputStream(document));
      while (in.hasNext()) {
        int event = in.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          Element element = new Element(in.getLocalName(), new HashMap<>(), new ArrayList<>());
          for (int i = 0; i < in.getAttributeCount(); i++) {
            element.attributes().put(in.getAttributeLocalName(i), in.getAttributeValue(i));
          }
          open.element().children().add(element);
          open.push(element);
        } else if (event == XMLStreamConstants.END_ELEMENT) {
          open.pop();
        }
      }
    } catch (XMLStreamException e) {
      throw new IllegalArgumentException("Not a CSDL document: " + e.getMessage(), e);
    }
    return root;
  }

  private void types(Element schema) {
    String namespace = schema.attribute("Namespace");
    namespaces.put(lower(namespace), lower(namespace));
    if (schema.has("Alias")) {
      namespaces.put(lower(schema.attribute("Alias")), lower(namespace));
    }
    for (Element element : schema.all("EnumType", "EntityType", "ComplexType")) {
      String name = namespace + "." + element.attribute("Name");
      boolean isAbstract = element.flag("Abstract", false);
      boolean open = element.flag("OpenType", false);
      Type type =
          switch (element.name()) {
            case "EntityType" -> new EntityType(name, isAbstract, open);
            case "ComplexType" -> new ComplexType(name, isAbstract, open);
            default ->
                new EnumType(
                    name,
                    element.flag("IsFlags", false),
                    element.all("Member").stream()
                        .map(
                            member ->
                                new EnumType.Member(
                                    member.attribute("Name"),
                                    Long.parseLong(member.attribute("Value"))))
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
    if (element.has("BaseType")) {
      String named = element.attribute("BaseType");
      if (!(resolve(named) instanceof StructuredType parent)) {
        throw new IllegalArgumentException("Not a structured type: " + named);
      }
      complete(parent);
      base = parent;
    }
    if (type instanceof EntityType entity) {
      for (Element key : element.all("Key")) {
        entity.key(key.all("PropertyRef").stream().map(part -> part.attribute("Name")).toList());
      }
    }
    List<NavigationProperty> navigations = new ArrayList<>();
    for (Element one : element.all("NavigationProperty")) {
      navigations.add(
          new NavigationProperty(
              one.attribute("Name"),
              entityType(itemName(one)),
              one.flag("Nullable", true),
              isCollection(one),
              one.flag("ContainsTarget", false)));
    }
    type.complete(base, element.all("Property").stream().map(this::property).toList(), navigations);
  }

  private Operation operation(Element element, String namespace) {
    List<Property> parameters = new ArrayList<>();
    Operation.Binding binding = null;
    for (Element one : element.all("Parameter")) {
      if (element.flag("IsBound", false) && binding == null) {
        binding = new Operation.Binding(item(one), isCollection(one));
      } else {
        parameters.add(property(one));
      }
    }
    Operation.@Nullable Returned returned = null;
    for (Element one : element.all("ReturnType")) {
      returned = new Operation.Returned(item(one), isCollection(one));
    }
    return new Operation(
        namespace + "." + element.attribute("Name"),
        element.name().equals("Function"),
        binding,
        parameters,
        returned);
  }

  private Property property(Element element) {
    return new Property(
        element.attribute("Name"),
        item(element),
        element.flag("Nullable", true),
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
    String type = element.attribute("Type");
    return isCollection(element) ? type.substring("Collection(".length(), type.length() - 1) : type;
  }

  private static boolean isCollection(Element element) {
    return element.attribute("Type").startsWith("Collection(");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
