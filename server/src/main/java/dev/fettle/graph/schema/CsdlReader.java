package dev.fettle.graph.schema;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

  private record Member(
      String name, String type, boolean nullable, boolean contained, boolean navigation) {}

  private static final class Draft {
    final StructuredType type;
    final @Nullable String base;
    final List<Member> members = new ArrayList<>();

    Draft(StructuredType type, @Nullable String base) {
      this.type = type;
      this.base = base;
    }
  }

  private static final class OperationDraft {
    final String name;
    final boolean function;
    final boolean bound;
    final List<Member> parameters = new ArrayList<>();
    @Nullable String returns;

    OperationDraft(String name, boolean function, boolean bound) {
      this.name = name;
      this.function = function;
      this.bound = bound;
    }
  }

  private record RootDraft(String name, String type, boolean collection) {}

  private final Map<String, Type> types = new LinkedHashMap<>();
  private final Map<String, String> namespaces = new HashMap<>();
  private final Map<String, Draft> drafts = new LinkedHashMap<>();
  private final List<OperationDraft> operations = new ArrayList<>();
  private final List<RootDraft> roots = new ArrayList<>();
  private final Set<String> completed = new HashSet<>();

  Schema read(byte[] document) {
    try {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      XMLStreamReader in = factory.createXMLStreamReader(new ByteArrayInputStream(document));
      while (in.hasNext()) {
        if (in.next() == XMLStreamConstants.START_ELEMENT && in.getLocalName().equals("Schema")) {
          schema(in);
        }
      }
    } catch (XMLStreamException e) {
      throw new IllegalArgumentException("Not a CSDL document: " + e.getMessage(), e);
    }
    drafts.keySet().forEach(this::complete);
    Map<String, List<Operation>> byName = new HashMap<>();
    for (OperationDraft draft : operations) {
      Operation operation = operation(draft);
      byName.computeIfAbsent(lower(operation.name()), name -> new ArrayList<>()).add(operation);
    }
    byName.replaceAll((name, list) -> List.copyOf(list));
    Map<String, Root> rootsByName = new LinkedHashMap<>();
    for (RootDraft draft : roots) {
      if (!(resolve(draft.type) instanceof EntityType type)) {
        throw new IllegalArgumentException("Not an entity type: " + draft.type);
      }
      rootsByName.put(lower(draft.name), new Root(draft.name, type, draft.collection));
    }
    return new Schema(document.clone(), types, namespaces, byName, rootsByName);
  }

  private void schema(XMLStreamReader in) throws XMLStreamException {
    String namespace = required(in, "Namespace");
    String alias = attribute(in, "Alias");
    namespaces.put(lower(namespace), lower(namespace));
    if (alias != null) {
      namespaces.put(lower(alias), lower(namespace));
    }
    Draft structured = null;
    OperationDraft operation = null;
    List<String> key = new ArrayList<>();
    while (in.hasNext()) {
      int event = in.next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        switch (in.getLocalName()) {
          case "Schema" -> {
            return;
          }
          case "EntityType", "ComplexType" -> structured = null;
          case "Key" -> {
            if (structured != null && structured.type instanceof EntityType entity) {
              entity.key(key);
            }
            key.clear();
          }
          default -> {
            // Nothing is pending for other elements.
          }
        }
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        switch (in.getLocalName()) {
          case "EnumType" -> enumType(in, namespace);
          case "EntityType" ->
              structured =
                  draft(
                      new EntityType(
                          namespace + "." + required(in, "Name"),
                          flag(in, "Abstract", false),
                          flag(in, "OpenType", false)),
                      attribute(in, "BaseType"));
          case "ComplexType" ->
              structured =
                  draft(
                      new ComplexType(
                          namespace + "." + required(in, "Name"),
                          flag(in, "Abstract", false),
                          flag(in, "OpenType", false)),
                      attribute(in, "BaseType"));
          case "PropertyRef" -> key.add(required(in, "Name"));
          case "Property", "NavigationProperty" -> {
            if (structured != null) {
              structured.members.add(member(in, in.getLocalName().startsWith("Nav")));
            }
          }
          case "Action", "Function" -> {
            operation =
                new OperationDraft(
                    namespace + "." + required(in, "Name"),
                    in.getLocalName().equals("Function"),
                    flag(in, "IsBound", false));
            operations.add(operation);
          }
          case "Parameter" -> {
            if (operation != null) {
              operation.parameters.add(member(in, false));
            }
          }
          case "ReturnType" -> {
            if (operation != null) {
              operation.returns = required(in, "Type");
            }
          }
          case "EntitySet" ->
              roots.add(new RootDraft(required(in, "Name"), required(in, "EntityType"), true));
          case "Singleton" ->
              roots.add(new RootDraft(required(in, "Name"), required(in, "Type"), false));
          default -> {
            // Annotations and containers need no reading.
          }
        }
      }
    }
  }

  private void enumType(XMLStreamReader in, String namespace) throws XMLStreamException {
    String name = namespace + "." + required(in, "Name");
    boolean flags = flag(in, "IsFlags", false);
    List<EnumType.Member> members = new ArrayList<>();
    while (in.next() != XMLStreamConstants.END_ELEMENT || !in.getLocalName().equals("EnumType")) {
      if (in.isStartElement() && in.getLocalName().equals("Member")) {
        members.add(
            new EnumType.Member(required(in, "Name"), Long.parseLong(required(in, "Value"))));
      }
    }
    add(new EnumType(name, flags, members));
  }

  private Draft draft(StructuredType type, @Nullable String base) {
    Draft draft = new Draft(type, base);
    add(type);
    drafts.put(lower(type.qualifiedName()), draft);
    return draft;
  }

  private void add(Type type) {
    if (types.put(lower(type.qualifiedName()), type) != null) {
      throw new IllegalArgumentException("Declared twice: " + type.qualifiedName());
    }
  }

  private static Member member(XMLStreamReader in, boolean navigation) {
    return new Member(
        required(in, "Name"),
        required(in, "Type"),
        flag(in, "Nullable", true),
        flag(in, "ContainsTarget", false),
        navigation);
  }

  private void complete(String name) {
    if (!completed.add(name)) {
      return;
    }
    Draft draft = drafts.get(name);
    if (draft == null) {
      throw new IllegalArgumentException("Not a structured type: " + name);
    }
    StructuredType base = null;
    if (draft.base != null) {
      if (!(resolve(draft.base) instanceof StructuredType parent)) {
        throw new IllegalArgumentException("Not a structured type: " + draft.base);
      }
      complete(lower(parent.qualifiedName()));
      base = parent;
    }
    List<Property> properties = new ArrayList<>();
    List<NavigationProperty> navigations = new ArrayList<>();
    for (Member member : draft.members) {
      Type type = resolve(item(member.type));
      boolean collection = isCollection(member.type);
      if (!member.navigation) {
        properties.add(new Property(member.name, type, member.nullable, collection));
      } else if (type instanceof EntityType target) {
        navigations.add(
            new NavigationProperty(
                member.name, target, member.nullable, collection, member.contained));
      } else {
        throw new IllegalArgumentException("Not an entity type: " + member.type);
      }
    }
    draft.type.complete(base, properties, navigations);
  }

  private Operation operation(OperationDraft draft) {
    List<Operation.Parameter> parameters = new ArrayList<>();
    Operation.Binding binding = null;
    for (Member member : draft.parameters) {
      Type type = resolve(item(member.type));
      boolean collection = isCollection(member.type);
      if (draft.bound && binding == null) {
        binding = new Operation.Binding(type, collection);
      } else {
        parameters.add(new Operation.Parameter(member.name, type, member.nullable, collection));
      }
    }
    Operation.Returned returned =
        draft.returns == null
            ? null
            : new Operation.Returned(resolve(item(draft.returns)), isCollection(draft.returns));
    return new Operation(draft.name, draft.function, binding, parameters, returned);
  }

  private Type resolve(String name) {
    if (name.startsWith("Edm.")) {
      return PrimitiveType.named(name)
          .orElseThrow(() -> new IllegalArgumentException("No such type: " + name));
    }
    int dot = name.lastIndexOf('.');
    String namespace = lower(name.substring(0, Math.max(dot, 0)));
    Type type =
        types.get(
            namespaces.getOrDefault(namespace, namespace)
                + lower(name.substring(Math.max(dot, 0))));
    if (type == null) {
      throw new IllegalArgumentException("No such type: " + name);
    }
    return type;
  }

  private static boolean isCollection(String type) {
    return type.startsWith("Collection(");
  }

  private static String item(String type) {
    return isCollection(type) ? type.substring("Collection(".length(), type.length() - 1) : type;
  }

  private static @Nullable String attribute(XMLStreamReader in, String name) {
    return in.getAttributeValue(null, name);
  }

  private static String required(XMLStreamReader in, String name) {
    String value = in.getAttributeValue(null, name);
    if (value == null) {
      throw new IllegalArgumentException(in.getLocalName() + " without " + name);
    }
    return value;
  }

  private static boolean flag(XMLStreamReader in, String name, boolean otherwise) {
    String value = in.getAttributeValue(null, name);
    return value == null ? otherwise : Boolean.parseBoolean(value);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
