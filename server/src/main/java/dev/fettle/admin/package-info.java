/**
 * Operators' part of the API beside the capabilities: the audit entries of a tenant, and the
 * clients of the built-in issuer.
 *
 * <p>A room of its own, because {@code audit} and {@code identity} lie below {@code graph}, which
 * asks them, and so cannot offer rows. A <em>client</em> is made here with its permissions and gets
 * its secret once. Who may make clients can give them any permission that this server knows, as in
 * Graph; the permission for it is Graph's {@code Application.ReadWrite.All}.
 *
 * <p>The <em>operator's client</em> is the first one of a tenant of {@code fettle serve}: it makes
 * the others. Its id and secret lie in an owner-only file of the data directory, since there is no
 * other place yet that both the server and the operator trust.
 */
@NullMarked
package dev.fettle.admin;

import org.jspecify.annotations.NullMarked;
