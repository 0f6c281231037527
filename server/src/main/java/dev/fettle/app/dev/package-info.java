/**
 * What only a developer's server has: a clock that can be moved, faults that are asked for, a fresh
 * start, the data of its first day, and the guard that keeps pages of other sites out.
 *
 * <p>Words: a <em>seed</em> is a document with the data that a server begins with; a <em>fault</em>
 * is a misfortune that the next so many requests to a path meet; a <em>reset</em> throws all data
 * away and puts the seed in again.
 *
 * <p>What holds always: in {@code serve} nothing here moves a clock, spoils an answer or throws
 * data away; whoever asks is told so. No request that a browser sends for a page of another site
 * drives anything.
 *
 * <p>Requests come in at once and from many threads; the clock and the faults may be asked and
 * changed by all of them.
 *
 * <p>Left out: the reset itself and the pretend devices, which need the whole server and lie one
 * room above; and tokens for whoever asks, which are the issuer's.
 */
@NullMarked
package dev.fettle.app.dev;

import org.jspecify.annotations.NullMarked;
