package dev.fettle.graph.schema;

/** A type of the schema. */
public sealed interface Type permits PrimitiveType, EnumType, StructuredType {

  /** The qualified name, such as {@code microsoft.graph.teamworkDevice} or {@code Edm.String}. */
  String qualifiedName();
}
