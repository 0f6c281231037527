/**
 * What operators look at: whether the server lives and is ready, its metrics, and its log.
 *
 * <p>What holds always: one event is one line of the log, whatever clients send; the line of a
 * request holds no header, query or body of theirs; the number of metrics does not grow with what
 * is asked for.
 *
 * <p>Requests come in at once and from many threads. The log is set up once, before the first line.
 *
 * <p>Left out: what is counted of a capability, which the capability registers itself.
 */
@NullMarked
package dev.fettle.app.watching;

import org.jspecify.annotations.NullMarked;
