/**
 * The protocol of Microsoft Graph: takes a request apart, finds the {@link dev.fettle.graph.Route}
 * row, checks the caller, the query options and the body, calls the row and turns answers and
 * refusals into the wire form. Knows no capability; a capability adds rows.
 *
 * <p>The permissions of the rows are data: {@code csdl/permissions.txt} has them by method, version
 * and path, and a row that is not there stops the start.
 *
 * <p>The way of a request is written down in {@link dev.fettle.graph.Graph}. A body is held against
 * the schema of the version and spelt as it spells; each finding is a refusal that names the
 * property by its path and says the rule. A body that changes an entity may repeat what the entity
 * has: some SDKs send all of it back.
 *
 * <p>Everything here is immutable after construction and safe for concurrent use.
 */
@NullMarked
package dev.fettle.graph;

import org.jspecify.annotations.NullMarked;
