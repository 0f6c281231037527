package dev.fettle.graph.schema;

/** The beginning of paths: an entity set, or a singleton. */
public record Root(String name, EntityType type, boolean collection) {}
