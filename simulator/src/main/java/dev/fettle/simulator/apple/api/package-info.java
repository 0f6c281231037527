/**
 * The App and Book Management API, version 2, as its clients see it, and the public catalogue
 * beside it.
 *
 * <p>Words: a <em>question</em> is a request as it came in, an <em>answer</em> what goes back; an
 * <em>operation</em> is one row of Apple's documentation. The <em>rules</em> (page size, limits,
 * the pace of events) are what may change while all runs. All that the stand-in knows at a time is
 * one {@link dev.fettle.simulator.apple.api.Apple}, which a reset exchanges whole.
 *
 * <p>What holds always: a write is checked whole before anything of it is done, and worked on
 * later; the request log holds no secret.
 *
 * <p>Any number of requests may run at once; each sees the rules as they are when it looks.
 *
 * <p>Left out: sockets and the breaking of answers. Where Apple documents nothing, the comment at
 * the place says what was chosen.
 */
@NullMarked
package dev.fettle.simulator.apple.api;

import org.jspecify.annotations.NullMarked;
