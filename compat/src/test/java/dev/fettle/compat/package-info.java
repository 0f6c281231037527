/**
 * Clients that none of us wrote, against the packaged server in its own process.
 *
 * <p>The official SDKs and programs here are used the way their documentation shows, over HTTPS and
 * with tokens from the built-in issuer. What they need beyond that (a trusted authority, allowed
 * hosts, no discovery of Microsoft's clouds) is in {@link dev.fettle.compat.GraphClients}, since
 * every user of a self-hosted server needs the same. Programs in other languages run in a {@link
 * dev.fettle.compat.ClientProject}: those of the test resources, and those that {@code fettle
 * client} prints.
 */
@NullMarked
package dev.fettle.compat;

import org.jspecify.annotations.NullMarked;
