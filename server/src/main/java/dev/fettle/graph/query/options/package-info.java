/**
 * What a read asks for beside its path: the query of its URL taken apart, its system query options
 * typed against the schema, its preferences, and what a next link and a context URL say of them.
 *
 * <p>Words: a <em>parameter</em> is a name and value of the query, an {@link
 * dev.fettle.graph.query.options.Option} one that the protocol gives a meaning; a
 * <em>selection</em> is the tree that {@code $select} names; a <em>cursor</em> is the place where a
 * page ended, as a {@link dev.fettle.graph.query.options.SkipToken}.
 *
 * <p>Invariants: a query is decoded exactly once; an option that is unknown, given twice or not
 * allowed is refused, never passed over, while a preference may be; a cursor is taken only for the
 * tenant, path and options that it was given out for.
 *
 * <p>Options and cursors are immutable. A selection is built while options are parsed and only read
 * from then on, so what is handed out is safe for concurrent use. Left out: filters, which are the
 * room {@code filters} below, and which options a resource takes, which is told by whoever asks.
 */
@NullMarked
package dev.fettle.graph.query.options;

import org.jspecify.annotations.NullMarked;
