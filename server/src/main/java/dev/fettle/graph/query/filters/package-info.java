/**
 * The language of filters: {@link dev.fettle.graph.query.filters.FilterParser} reads the text of
 * {@code $filter} and answers an {@link dev.fettle.graph.query.filters.Expression}, typed against
 * the schema.
 *
 * <p>Words: a <em>path</em> leads from the row, or from the element that a variable of {@code
 * any(…)} stands for, to a property; its <em>steps</em> are properties, navigations and casts. A
 * <em>value</em> is a literal in the type of the path that it is compared with.
 *
 * <p>Invariants: an expression names only what the schema has, with values of the right type; every
 * text is either read or refused with the words that clients of Graph know, and neither its length
 * nor its nesting can exhaust the stack.
 *
 * <p>Expressions are immutable, parsing keeps nothing, so all of it is safe for concurrent use.
 * Left out: which paths a resource lets be filtered, which the resource says, and what becomes of
 * an expression in SQL, which is the room {@code conditions}; no columns are known here.
 */
@NullMarked
package dev.fettle.graph.query.filters;

import org.jspecify.annotations.NullMarked;
