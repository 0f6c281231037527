package dev.fettle.graph.schema;

/** A structural property: its name as the schema spells it and its type. */
public record Property(String name, Type type, boolean nullable, boolean collection) {}
