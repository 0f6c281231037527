/**
 * Who calls: tenants, clients, callers and their permissions.
 *
 * <p>A {@link dev.fettle.identity.Caller} is what every facade takes as its first word on rights;
 * nothing here knows what the permissions open. A <em>client</em> is an app that fetches access
 * tokens from the built-in issuer by its id and secret. Whose tokens are believed is {@code
 * trust}'s matter, how this server makes its own {@code issuer}'s.
 *
 * <p>What holds: no secret reaches a log, a message or a text form, and what is kept of one is a
 * hash. Tenants and clients are used concurrently.
 */
@NullMarked
package dev.fettle.identity;

import org.jspecify.annotations.NullMarked;
