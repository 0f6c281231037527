/**
 * This server as an issuer of access tokens: its signing keys, its endpoints, and the forge.
 *
 * <p>A <em>client</em> fetches tokens by its id and secret at the endpoints that every OAuth
 * library knows; the <em>forge</em> makes faulty tokens on purpose, in development mode.
 *
 * <p>Left out: signing people in (password, authorization code, device code) and refresh tokens.
 */
@NullMarked
package dev.fettle.identity.issuer;

import org.jspecify.annotations.NullMarked;
