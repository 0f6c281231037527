/**
 * Who calls: tenants, callers and their permissions, the issuers whose access tokens are trusted,
 * and the built-in issuer.
 *
 * <p>A {@link dev.fettle.identity.Caller} is what every facade takes as its first word on rights;
 * nothing here knows what the permissions open. A <em>token</em> is an access token. An
 * <em>issuer</em> is named by the token's {@code iss}; a <em>client</em> is an app that fetches
 * tokens from the built-in issuer by its id and secret; the <em>forge</em> makes faulty tokens on
 * purpose, in development mode.
 *
 * <p>What holds: no token is believed before its signature held against a key of an issuer that the
 * settings name; a token opens one tenant, which its issuer may speak for; no token, secret or key
 * reaches a log, a message or a text form. Verifiers, tenants and clients are used concurrently;
 * the keys of an issuer are fetched by one request at a time, outside transactions.
 *
 * <p>Left out: signing people in (password, authorization code, device code), refresh tokens, and
 * encrypted tokens.
 */
@NullMarked
package dev.fettle.identity;

import org.jspecify.annotations.NullMarked;
