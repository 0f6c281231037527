/**
 * A stand-in for Apple's side of volume purchasing: a stateful server of the App and Book
 * Management API, version 2, that runs on loopback and is driven over HTTP.
 *
 * <p>Apple offers no public sandbox, so whoever writes or tests a client of that API needs someone
 * who answers like Apple, in good times and in bad ones. This package was written from Apple's
 * documentation and from what open clients report; it shares no code with Fettle's own client, so
 * the two can prove each other wrong.
 *
 * <p>Words: a <em>library</em> is what Apple calls a location, known by its uId. A <em>content
 * token</em> opens a library: Base64 of a JSON object whose inner {@code token} is the secret. An
 * <em>asset</em> is an app or a book with a number of licences; an <em>assignment</em> is one
 * licence held by a device (serial number) or by a user. A write answers an <em>event</em> at once
 * and is worked on later, task by task; a <em>notification</em> tells the client's own URL about
 * it. A <em>fault</em> is a rule that spoils chosen answers.
 *
 * <p>Here are the start, the settings, the command and the socket. Below lies {@code
 * administration}, which drives what {@code api} answers from; that stands on {@code tokens},
 * {@code notifications} and {@code faults}, and these on {@code library}. No room knows one above
 * it.
 *
 * <p>Everything is kept in memory: a restart begins again with the seeded libraries, whose content
 * tokens keep working because their secrets are derived and not random.
 *
 * <p>Any number of requests may run at once; nothing is sent over the network while a monitor is
 * held.
 *
 * <p>Left out: version 1 of the API, the subscription family of 2026, and the metadata service that
 * needs a developer token. Where Apple documents nothing, the comment at the place says what was
 * chosen.
 */
@NullMarked
package dev.fettle.simulator.apple;

import org.jspecify.annotations.NullMarked;
