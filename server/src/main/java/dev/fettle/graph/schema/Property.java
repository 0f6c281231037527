package dev.fettle.graph.schema;

/** A structural property, or a parameter: its name as the schema spells it and its type. */
public record Property(String name, Type type, boolean nullable, boolean collection) {}
