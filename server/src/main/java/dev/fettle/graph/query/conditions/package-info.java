/**
 * How names and filters become parts of an SQL statement: {@link
 * dev.fettle.graph.query.conditions.Locator} finds the column of a path, {@link
 * dev.fettle.graph.query.conditions.FilterSql} writes a filter as a condition, and {@link
 * dev.fettle.graph.query.conditions.SqlBuilder} collects the text with what is bound to it. {@link
 * dev.fettle.graph.query.conditions.Enums} has the rules of evolvable enumerations, which answers
 * follow as filters do.
 *
 * <p>Words: a <em>scope</em> is a resource within one statement, with its alias and with what is
 * joined to it; a path is <em>located</em> where its SQL, its kind and whether it may be null are
 * known; a <em>checked</em> filter keeps to what the resource lets be filtered; a caller who asked
 * for <em>late members</em> sees members of evolvable enumerations by their own names.
 *
 * <p>Invariants: names come from the schema and the resource, values of a client are bound, and no
 * text of a client becomes SQL text. Conditions are two-valued although SQL's are not: a comparison
 * with a missing value is false, and a negation is written into the comparisons. A navigation to
 * one is joined once in a statement, however often it is used; so a from-clause is complete only
 * once all paths of its statement are located.
 *
 * <p>Scopes and builders belong to one statement and to the thread that makes it; all else keeps
 * nothing and is safe for concurrent use. Left out: the columns, order and pages of a statement,
 * and running it, which are the engine's, one room above.
 */
@NullMarked
package dev.fettle.graph.query.conditions;

import org.jspecify.annotations.NullMarked;
