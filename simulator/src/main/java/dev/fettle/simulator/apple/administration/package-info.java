/**
 * The other side of the stand-in, which no client of Apple's sees: what people do at Apple's web
 * site, what time does by itself, and what a test wants to go wrong. In process and over HTTP.
 *
 * <p>An <em>instruction</em> is the JSON object of a request, in which nothing is guessed: an
 * unknown member and a value of the wrong type are refused with what there is instead.
 *
 * <p>What holds always: an instruction with a member that is not known changes nothing; the bearer
 * that a client wants its notifications to carry is not shown.
 *
 * <p>Any number of instructions may run beside the requests of clients.
 *
 * <p>Left out: a credential, since the stand-in listens on loopback only.
 */
@NullMarked
package dev.fettle.simulator.apple.administration;

import org.jspecify.annotations.NullMarked;
