/**
 * The program: its commands, and the one place where everything is constructed.
 *
 * <p>Words: a server runs in one of two <em>modes</em>, {@code dev} for a laptop or a test and
 * {@code serve} for operators. The <em>application</em> is the server without its sockets; it is
 * built on an <em>infrastructure</em> (database, clock, keys) and follows the operator's
 * <em>capability settings</em>. A start is <em>refused</em> for a reason that a person can mend;
 * each has an exit code of its own, which docs/operations.md lists. Of a developer's server, a
 * <em>seed</em> is a document with its first data, a <em>fault</em> a failure that the next so many
 * requests to a path meet, and a <em>reset</em> throws all data away and puts the seed in again. A
 * <em>training run</em> is the work over which the JVM records its start cache.
 *
 * <p>Invariants: things are opened top to bottom and closed in reverse; what one mode keeps, the
 * other does not open; the environment is read here and nowhere else. In {@code serve} nothing
 * moves a clock, spoils an answer or throws data away, and no request that a browser sends for a
 * page of another site drives anything. Private keys are readable by their owner only, and never
 * leave the data directory. One event is one line of the log, whatever clients send; the number of
 * metrics does not grow with what is asked for. Commands that ask a server speak HTTP to it like
 * anybody else.
 *
 * <p>One thread starts and stops a server; a reset exchanges the application while requests come
 * in.
 */
@NullMarked
package dev.fettle.app;

import org.jspecify.annotations.NullMarked;
