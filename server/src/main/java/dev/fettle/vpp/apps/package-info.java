/**
 * The apps that come with vppTokens, as callers see them: with their licences, in whose hands these
 * are, and the assignments that say whom an app is for.
 *
 * <p>Words: an <em>app</em> is one of an asset's platforms, so an asset may be two apps that share
 * their licences; a <em>licence</em> is in the hands of a user or a device; an <em>assignment</em>
 * is the caller's wish, which is kept and not carried out.
 *
 * <p>Invariants: numbers are shown within their bounds whatever was counted; a set of assignments
 * is replaced whole; what comes from Apple is written by rooms above, and an app keeps its id and
 * its assignments through every sync.
 *
 * <p>All types are safe for concurrent use. Left out: apps that do not come from Apple's volume
 * purchasing, and taking licences back.
 */
@NullMarked
package dev.fettle.vpp.apps;

import org.jspecify.annotations.NullMarked;
