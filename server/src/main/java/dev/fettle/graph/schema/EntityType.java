package dev.fettle.graph.schema;

import java.util.List;

/** A type whose values have a key. */
public final class EntityType extends StructuredType {

  private List<String> key = List.of();

  EntityType(String qualifiedName, boolean isAbstract, boolean open) {
    super(qualifiedName, isAbstract, open);
  }

  void key(List<String> names) {
    key = List.copyOf(names);
  }

  /** The names of the key's properties; empty for a singleton's type without a key. */
  public List<String> key() {
    return key.isEmpty() && base().orElse(null) instanceof EntityType parent ? parent.key() : key;
  }
}
