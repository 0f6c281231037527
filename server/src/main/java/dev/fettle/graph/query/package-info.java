/**
 * Reads are data: a readable collection is described once as a resource, and the {@link
 * dev.fettle.graph.query.ReadEngine} turns the query options of a request into one SQL statement
 * and its rows into JSON.
 *
 * <p>Words: an <em>option</em> is a system query option such as {@code $filter}; a <em>plan</em> is
 * what became of a resource and the options, kept and used again for the same options; a
 * <em>cursor</em> is the place where a page ended, carried by the {@code $skiptoken} of its next
 * link, signed and bound to tenant, path and options. What can be read is described in the room
 * {@code resources} below. What a client may write is the matter of two more: {@code filters} is
 * the language of {@code $filter}, and {@code options} all else that a request asks for. The room
 * {@code conditions} brings these together: it writes a filter as SQL by what a resource declares.
 *
 * <p>Invariants: no text of a client ever becomes SQL text, names come from the resource and values
 * are bound; a page without expanded collections is one statement; each expanded collection is one
 * more for the whole page, never one for each row. Filters are two-valued: a comparison with a
 * missing value is false, so a filter and its {@code not(…)} divide the rows.
 *
 * <p>Everything public is immutable or safe for concurrent use. Left out: writes, and which caller
 * may read what; the caller of the engine narrows the rows by a scope.
 */
@NullMarked
package dev.fettle.graph.query;

import org.jspecify.annotations.NullMarked;
