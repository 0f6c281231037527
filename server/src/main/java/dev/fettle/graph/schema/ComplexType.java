package dev.fettle.graph.schema;

/** A structured type without a key, whose values are parts of an entity. */
public final class ComplexType extends StructuredType {

  ComplexType(String qualifiedName, boolean isAbstract, boolean open) {
    super(qualifiedName, isAbstract, open);
  }
}
