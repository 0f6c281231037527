/**
 * Whose access tokens are believed: trusted issuers with their keys, and what a token has to say.
 *
 * <p>What holds: no token is believed before its signature held against a key of an issuer that the
 * settings name, or of this server; a token opens one tenant, which its issuer may speak for; no
 * token reaches a log, a message or a text form. Verifiers are used concurrently; the keys of an
 * issuer are fetched by one request at a time, outside transactions.
 *
 * <p>Left out: encrypted tokens.
 */
@NullMarked
package dev.fettle.identity.trust;

import org.jspecify.annotations.NullMarked;
