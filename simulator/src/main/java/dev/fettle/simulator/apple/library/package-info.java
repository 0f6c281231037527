/**
 * What Apple keeps of a library, and what becomes of it: assets, assignments and users, the events
 * that change them, and what the client must hear.
 *
 * <p>Words: an <em>asset</em> is an app or a book with a number of licences; an <em>assignment</em>
 * is one licence held by a <em>target</em>, a device or a person. An <em>event</em> is a write that
 * was accepted; it consists of <em>tasks</em>, which succeed or fail one by one, and its
 * <em>pace</em> says when. A <em>notice</em> is something to tell the client. What Apple says no
 * with is an <em>error</em>, with the number that clients go by.
 *
 * <p>What holds always: licences available are never below zero, total is assigned plus available
 * plus retired, every write moves the version of the collections that it touches, and an assignment
 * exists once. What is derived here is the same after a restart.
 *
 * <p>Each {@link dev.fettle.simulator.apple.library.Library} guards its own state with its monitor,
 * works on memory alone, and may be used by many threads at once. Everything else is a value, or
 * guarded by its library.
 *
 * <p>Left out: how requests are read and answers written, who may open a library, and the sending
 * of notices.
 */
@NullMarked
package dev.fettle.simulator.apple.library;

import org.jspecify.annotations.NullMarked;
