package dev.fettle.graph.schema;

import dev.fettle.base.ShippedFile;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The schema of one version: all types, operations and roots, and the document that says so. */
public final class Schema {

  private final byte[] document;
  private final Map<String, Type> types;
  private final Map<String, String> namespaces;
  private final Map<String, List<Operation>> operations;
  private final Map<String, Root> roots;

  Schema(
      byte[] document,
      Map<String, Type> types,
      Map<String, String> namespaces,
      Map<String, List<Operation>> operations,
      Map<String, Root> roots) {
    this.document = document;
    this.types = types;
    this.namespaces = namespaces;
    this.operations = operations;
    this.roots = roots;
  }

  /**
   * Reads the document {@code csdl/NAME.xml} that comes with the server.
   *
   * @param name {@code v1.0}, {@code beta} or {@code fettle}
   */
  public static Schema load(String name) {
    return parse(ShippedFile.bytes("/csdl/" + name + ".xml"));
  }

  /** Reads a CSDL document in XML. */
  public static Schema parse(byte[] document) {
    return new CsdlReader().read(document);
  }

  /** The document, to be served as it is. */
  public byte[] document() {
    return document.clone();
  }

  /** All types but the primitive ones. */
  public Collection<Type> types() {
    return Collections.unmodifiableCollection(types.values());
  }

  /**
   * The type of that name in any letter case: qualified by namespace or alias, with or without a
   * leading {@code #}, or bare if it is in {@code microsoft.graph}.
   */
  public Optional<Type> type(String name) {
    String wanted = name.startsWith("#") ? name.substring(1) : name;
    Type exact = types.get(wanted.toLowerCase(Locale.ROOT));
    if (exact != null) {
      return Optional.of(exact);
    }
    if (wanted.regionMatches(true, 0, "Edm.", 0, 4)) {
      return PrimitiveType.named(wanted).map(type -> type);
    }
    return Optional.ofNullable(types.get(expand(wanted)));
  }

  /** The entity type of that name; a name that the schema lacks is a mistake of the program. */
  public EntityType entityType(String name) {
    if (type(name).orElse(null) instanceof EntityType type) {
      return type;
    }
    throw new IllegalArgumentException("The schema has no entity type " + name);
  }

  /** The enumeration of that name; a name that the schema lacks is a mistake of the program. */
  public EnumType enumType(String name) {
    if (type(name).orElse(null) instanceof EnumType type) {
      return type;
    }
    throw new IllegalArgumentException("The schema has no enumeration " + name);
  }

  /** The operations of that name, bare or qualified, in any letter case. */
  public List<Operation> operations(String name) {
    int dot = name.lastIndexOf('.');
    List<Operation> named =
        operations.getOrDefault(name.substring(dot + 1).toLowerCase(Locale.ROOT), List.of());
    if (dot < 0) {
      return named;
    }
    String qualified = expand(name);
    return named.stream()
        .filter(operation -> operation.qualifiedName().toLowerCase(Locale.ROOT).equals(qualified))
        .toList();
  }

  /** The operation of that name that is bound to the type or to one of its base types. */
  public Optional<Operation> operation(String name, StructuredType on, boolean collection) {
    return operations(name).stream()
        .filter(
            operation ->
                operation.binding() != null
                    && operation.binding().collection() == collection
                    && operation.binding().type() instanceof StructuredType bound
                    && on.is(bound))
        .findFirst();
  }

  /** The entity set or singleton of that name in any letter case. */
  public Optional<Root> root(String name) {
    return Optional.ofNullable(roots.get(name.toLowerCase(Locale.ROOT)));
  }

  /** All entity sets and singletons. */
  public Collection<Root> roots() {
    return Collections.unmodifiableCollection(roots.values());
  }

  /** The lower-case name with its namespace in place of an alias or of nothing. */
  private String expand(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    int dot = lower.lastIndexOf('.');
    if (dot < 0) {
      return "microsoft.graph." + lower;
    }
    String namespace = lower.substring(0, dot);
    return namespaces.getOrDefault(namespace, namespace) + lower.substring(dot);
  }
}
