/**
 * The server's certificate: the operator's own, or one of a local authority that is made on the
 * first start and kept in the data directory. Clients trust the authority once ({@code ./fettle
 * trust}); the server's certificate is renewed below it without anybody noticing.
 *
 * <p>Private keys are readable by their owner only, and never leave the directory.
 */
@NullMarked
package dev.fettle.app.tls;

import org.jspecify.annotations.NullMarked;
