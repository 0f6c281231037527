package dev.fettle.graph.query;

import dev.fettle.graph.schema.Type;

/** Where a path of the schema lies in SQL. */
record Located(String sql, Resource.Kind kind, Type type, boolean nullable) {}
