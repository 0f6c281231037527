/**
 * Callers and the issuers that vouch for them: tenants, clients, callers with their permissions,
 * trusted issuers, and this server as an issuer of its own.
 *
 * <p>A {@link dev.fettle.identity.Caller} is the first argument of every facade; nothing here knows
 * what its permissions open. A <em>client</em> is an app that fetches access tokens from the
 * built-in issuer by its id and secret. The <em>forge</em> makes faulty tokens on purpose, in
 * development mode.
 *
 * <p>Invariants: no token is believed before its signature held against a key of an issuer that the
 * settings name, or of this server; a token opens one tenant, which its issuer may speak for; no
 * secret and no token reaches a log, a message or a text form, and of a client's secret the hash is
 * kept.
 *
 * <p>All types are safe for concurrent use; the keys of an issuer are fetched by one request at a
 * time, outside transactions. Left out: encrypted tokens, signing people in, and refresh tokens.
 */
@NullMarked
package dev.fettle.identity;

import org.jspecify.annotations.NullMarked;
