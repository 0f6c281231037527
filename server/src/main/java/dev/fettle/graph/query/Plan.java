package dev.fettle.graph.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a resource and the options of a request; free of tenant, path and cursor.
 *
 * @param contextItems the parentheses of the context URL, or nothing
 * @param repeated the options as a next link repeats them, encoded
 * @param bound the options that a cursor is bound to
 */
record Plan(
    Level level,
    @Nullable Integer top,
    int skip,
    boolean count,
    String contextItems,
    String repeated,
    List<String> bound) {}
