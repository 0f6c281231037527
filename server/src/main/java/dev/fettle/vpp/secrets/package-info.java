/**
 * The secrets of vppTokens as they are stored: sealed with the key of a file that the database
 * never sees, and sealed anew when that key is exchanged.
 *
 * <p>Words: a <em>secret</em> is what a caller gave as {@code token}, most often a content token;
 * <em>sealed</em> is encrypted, and bound to the row that it belongs to. The {@link
 * dev.fettle.vpp.secrets.Vault} knows the key file alone, {@link dev.fettle.vpp.secrets.Secrets}
 * what is in a secret.
 *
 * <p>Invariants. No secret leaves the process but through the client of Apple; none is printed, and
 * none is given back to a caller. Exchanging the key is safe while servers run, and after it broke
 * off.
 *
 * <p>All types are safe for concurrent use. Left out: when a secret is taken, renewed or removed.
 */
@NullMarked
package dev.fettle.vpp.secrets;

import org.jspecify.annotations.NullMarked;
