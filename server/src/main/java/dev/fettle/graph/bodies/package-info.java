/**
 * The bodies of requests: read, held against the schema of the version, and spelt as it spells
 * them.
 *
 * <p>What an operation takes is its {@link dev.fettle.graph.bodies.Payload}. Every finding is a
 * refusal that names the property by its path and says the rule. A body that changes an entity may
 * repeat what the entity has: some SDKs send all of it back.
 *
 * <p>Everything here is immutable and safe for concurrent use. Operations are not known here.
 */
@NullMarked
package dev.fettle.graph.bodies;

import org.jspecify.annotations.NullMarked;
