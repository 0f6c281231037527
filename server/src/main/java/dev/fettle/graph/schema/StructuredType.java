package dev.fettle.graph.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An entity or complex type. Types refer to each other in circles, so the reader makes them empty
 * first and completes each once before the schema is handed out; nothing changes after that.
 */
public abstract sealed class StructuredType implements Type permits EntityType, ComplexType {

  private final String qualifiedName;
  private final boolean isAbstract;
  private final boolean open;
  private @Nullable StructuredType base;
  private List<StructuredType> derived = List.of();
  private Map<String, Property> properties = Map.of();
  private Map<String, NavigationProperty> navigations = Map.of();

  StructuredType(String qualifiedName, boolean isAbstract, boolean open) {
    this.qualifiedName = qualifiedName;
    this.isAbstract = isAbstract;
    this.open = open;
  }

  /** Completes the type; the base type has been completed before. */
  final void complete(
      @Nullable StructuredType baseType,
      List<Property> ownProperties,
      List<NavigationProperty> ownNavigations) {
    this.base = baseType;
    Map<String, Property> allProperties = new LinkedHashMap<>();
    Map<String, NavigationProperty> allNavigations = new LinkedHashMap<>();
    if (baseType != null) {
      allProperties.putAll(baseType.properties);
      allNavigations.putAll(baseType.navigations);
      List<StructuredType> more = new ArrayList<>(baseType.derived);
      more.add(this);
      baseType.derived = List.copyOf(more);
    }
    for (Property property : ownProperties) {
      allProperties.put(property.name().toLowerCase(Locale.ROOT), property);
    }
    for (NavigationProperty navigation : ownNavigations) {
      allNavigations.put(navigation.name().toLowerCase(Locale.ROOT), navigation);
    }
    this.properties = allProperties;
    this.navigations = allNavigations;
  }

  @Override
  public final String qualifiedName() {
    return qualifiedName;
  }

  /** True if every value is of a derived type. */
  public final boolean isAbstract() {
    return isAbstract;
  }

  /** True if values may have members that the schema does not name. */
  public final boolean isOpen() {
    return open;
  }

  /** The type that this one extends. */
  public final Optional<StructuredType> base() {
    return Optional.ofNullable(base);
  }

  /** The types that extend this one directly. */
  public final List<StructuredType> derived() {
    return derived;
  }

  /** True if this is the other type or extends it. */
  public final boolean is(StructuredType other) {
    for (StructuredType type = this; type != null; type = type.base) {
      if (type == other) {
        return true;
      }
    }
    return false;
  }

  /** All properties, inherited ones first, in the order of the schema. */
  public final Collection<Property> properties() {
    return Collections.unmodifiableCollection(properties.values());
  }

  /** All navigation properties, inherited ones first, in the order of the schema. */
  public final Collection<NavigationProperty> navigations() {
    return Collections.unmodifiableCollection(navigations.values());
  }

  /** The property of that name in any letter case. */
  public final Optional<Property> property(String name) {
    return Optional.ofNullable(properties.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The navigation property of that name in any letter case. */
  public final Optional<NavigationProperty> navigation(String name) {
    return Optional.ofNullable(navigations.get(name.toLowerCase(Locale.ROOT)));
  }

  @Override
  public final String toString() {
    return qualifiedName;
  }
}
