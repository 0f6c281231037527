/**
 * What can be read: a {@link dev.fettle.graph.query.resources.Resource} describes one readable
 * collection, by its entity type, its table, a column or an expression for each property, and what
 * a client may ask of it. Capabilities declare them as constants; the read engine, one room above,
 * reads by them.
 *
 * <p>Words: a <em>field</em> is how one property is read, its <em>kind</em> how the column's value
 * becomes JSON; a <em>navigation</em> leads to another resource, of the same row or of another
 * table; the <em>key</em> tells rows apart within the tenant or the scope of a read.
 *
 * <p>Invariants: the SQL of a resource is text of this program, never of a client, and binds no
 * values; it is written for the alias {@code t}, so that whoever joins a resource can rename it.
 * Names are found in any letter case. One resource serves every version of the schema: what a
 * version does not name is left out there.
 *
 * <p>A resource is complete and immutable once it is built, so it is safe for concurrent use; its
 * builder is for one thread and is not used any more from then on. Left out: the statements that
 * read a resource, whether its SQL fits the tables, which only the database can tell, and who may
 * read what.
 */
@NullMarked
package dev.fettle.graph.query.resources;

import org.jspecify.annotations.NullMarked;
