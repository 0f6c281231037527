/**
 * Taking licences back: the actions, the work at Apple's, and how it stands.
 *
 * <p>A <em>revocation</em> is one action: all licences of a vppToken, those of an app, of one of
 * its holders, or of a device. It is <em>pending</em> until Apple was asked, <em>active</em> while
 * Apple's <em>events</em> are under way, then <em>done</em> or <em>failed</em>. <em>Untracked</em>
 * licences are those that Apple knows of and no sync has seen.
 *
 * <p>Invariants: what is asked of Apple was read a moment before, so nothing is taken twice; the
 * licences of a library that another service holds are left alone; a revocation comes to an end
 * within a day; how the latest stand is written in the vppToken or the app that they are about, in
 * the shape of Graph.
 *
 * <p>Concurrently: of one revocation at most one step runs over all servers.
 */
@NullMarked
package dev.fettle.vpp.revocations;

import org.jspecify.annotations.NullMarked;
