/**
 * Apple volume purchasing behind {@code /deviceAppManagement}: vppTokens with a life, the apps that
 * come with them, their licences.
 *
 * <p>Words: a <em>vppToken</em> is the Graph object; the <em>content token</em> is Apple's secret
 * in it; it opens one <em>library</em>, known by Apple's {@code uId}. A <em>sync</em> checks the
 * content token and reads the library's assets, assignments and users; <em>observed</em> is what a
 * content token or Apple has said, <em>declared</em> what a caller said. A <em>revocation</em>
 * takes licences back.
 *
 * <p>The rooms, from below: {@code apple} is the client of Apple's API and {@code apple.library}
 * what it reads, {@code secrets} keeps content tokens sealed, {@code tokens} has the vppTokens,
 * {@code apps} the apps and licences that callers see, {@code revocations} takes licences back,
 * {@code notifications} hears what Apple tells, {@code sync} reads whole libraries. This package
 * puts them together.
 *
 * <p>Invariants. Observed wins over declared. A vppToken keeps its id, its apps and their
 * assignments whatever its content token; a content token of another library is refused. Content
 * tokens are encrypted before they reach the database, by the {@link
 * dev.fettle.vpp.secrets.Vault}'s key, which does not. Apple is never called within a transaction.
 * Counts of licences are sums that are shown within their bounds, so notifications may come in any
 * order. Each sync has a run id, and every write of a sync holds only while that run is the
 * token's: a sync that lost its lease writes nothing more.
 *
 * <p>Concurrently: of one vppToken at most one sync and one revocation step run over all servers
 * (leases of {@link dev.fettle.jobs.Jobs}); at most two syncs on one server.
 *
 * <p>Left out: books, subscriptions, Apple's API version 1, and installing anything on a device.
 */
@NullMarked
package dev.fettle.vpp;

import org.jspecify.annotations.NullMarked;
