package dev.fettle.graph.schema;

/** What a path may begin with: an entity set, or a singleton. */
public record Root(String name, EntityType type, boolean collection) {}
