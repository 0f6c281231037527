package dev.fettle.graph.schema;

/** A property that leads to one entity or to a collection of entities. */
public record NavigationProperty(
    String name, EntityType type, boolean nullable, boolean collection, boolean contained) {}
