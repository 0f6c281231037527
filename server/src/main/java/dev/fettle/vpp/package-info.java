/**
 * Apple volume purchasing behind {@code /deviceAppManagement}: vppTokens with a life, the apps that
 * come with them, their licences.
 *
 * <p>Words: a <em>vppToken</em> is the Graph object; the <em>content token</em> is Apple's secret
 * in it; it opens one <em>library</em>, known by Apple's {@code uId}, whose <em>holder</em> is the
 * management service that Apple has noted; the holder of a licence is a user or a device. A
 * <em>sync</em> checks the content token and reads the library's assets, assignments and users; a
 * <em>run</em> is one try at it. <em>Observed</em> is what a content token or Apple has said,
 * <em>declared</em> what a caller said. An <em>app</em> is one of an asset's platforms, so an asset
 * may be two apps that share their licences; an <em>assignment</em> is the caller's wish, which is
 * kept and not carried out. A <em>revocation</em> takes licences back: pending until Apple was
 * asked, active while Apple's <em>events</em> are under way, then done or failed. A
 * <em>notification</em> is one message of Apple's about one library; a <em>recount</em> reads a
 * single asset again.
 *
 * <p>Invariants. Observed wins over declared. A vppToken keeps its id, its apps and their
 * assignments whatever its content token; a content token of another library is refused, and so is
 * one that Apple refuses or cannot judge. Content tokens are sealed before they reach the database,
 * with the key of the {@link dev.fettle.vpp.KeyFile}, which does not; exchanging that key is safe
 * while servers run. Apple is never called within a transaction. Every write of a run holds only
 * while the run is the token's, and only a run that has seen everything removes anything. Counts of
 * licences are sums that are shown within their bounds, so notifications may come in any order and
 * nothing hangs on them; one is heard only with the bearer that was given to Apple, of which the
 * hash is stored. What a revocation asks of Apple was read a moment before, so nothing is taken
 * twice.
 *
 * <p>Concurrently: of one vppToken at most one sync and one revocation step run over all servers
 * (leases of {@link dev.fettle.jobs.Jobs}); at most two syncs on one server.
 *
 * <p>Left out: books, subscriptions, Apple's API version 1, and installing anything on a device.
 */
@NullMarked
package dev.fettle.vpp;

import org.jspecify.annotations.NullMarked;
