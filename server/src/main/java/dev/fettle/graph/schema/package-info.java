/**
 * The schema of the protocol: which types, properties, enum members, actions and entity sets there
 * are in each version. It is read from the CSDL documents that {@code $metadata} serves, so what is
 * said and what is done cannot drift apart.
 *
 * <p>A {@link dev.fettle.graph.schema.Schema} is parsed once at start and immutable from then on;
 * everything here is safe for concurrent use. Names are found in any letter case, since Graph does
 * not distinguish the case of names, and are always given back as the document spells them.
 *
 * <p>An <em>evolvable</em> enum has the member {@code unknownFutureValue}, its sentinel; members of
 * higher value are <em>late</em> and hidden from callers who did not ask for them. Annotations of
 * the documents are served and not interpreted.
 *
 * <p>{@link dev.fettle.graph.schema.PreciseTime} is the one type of values here: the text in which
 * points in time are kept and printed where {@code Edm.DateTimeOffset} has more digits than the
 * database.
 */
@NullMarked
package dev.fettle.graph.schema;

import org.jspecify.annotations.NullMarked;
