/**
 * Reads as data: a readable collection is described once as a {@link
 * dev.fettle.graph.query.Resource}, and the {@link dev.fettle.graph.query.ReadEngine} turns the
 * query options of a request into one SQL statement and its rows into JSON.
 *
 * <p>Words: an <em>option</em> is a system query option such as {@code $filter}; a
 * <em>selection</em> is the tree that {@code $select} names; a <em>field</em> of a resource is how
 * one property is read, its <em>kind</em> how the column's value becomes JSON; a
 * <em>navigation</em> leads to another resource. A <em>from item</em> is a resource within a
 * statement: its alias, and the items joined to it; a <em>path column</em> is the SQL that a path
 * of the schema ends in. A <em>plan</em> holds the <em>statements</em> for a resource and the
 * options, each with the <em>printer</em> of its rows, and is kept for the same options; a
 * <em>cursor</em> is the place where a page ended, carried by the {@code $skiptoken} of its next
 * link, signed and bound to tenant, path and options.
 *
 * <p>Invariants: no text of a client ever becomes SQL text, names come from the schema and the
 * resource, and values are bound. A query is decoded exactly once; an option that is unknown, given
 * twice or not allowed is refused, never passed over. Neither the length nor the nesting of a
 * filter can exhaust the stack. A page without expanded collections is one statement; each expanded
 * collection is one more for the whole page. Conditions are two-valued although SQL's are not: a
 * comparison with a missing value is false, so a filter and its {@code not(…)} divide the rows.
 *
 * <p>What is public is immutable or safe for concurrent use; the parts of one statement belong to
 * the thread that makes it. Left out: writes, and who may read what; the caller of the engine
 * narrows the rows by the scope of a read.
 */
@NullMarked
package dev.fettle.graph.query;

import org.jspecify.annotations.NullMarked;
