/**
 * The program: its front door, the commands that run a server or open its database, and the one
 * place where everything is constructed.
 *
 * <p>Words: a server runs in one of two <em>modes</em>, {@code dev} for a laptop or a test and
 * {@code serve} for operators. The <em>application</em> is the server without its sockets; it
 * stands on a <em>ground</em> (database, clock, keys) and follows the operator's <em>choices</em>.
 *
 * <p>What holds always: things are opened top to bottom and closed in reverse; what one mode keeps,
 * the other does not open; the environment is read here and nowhere else.
 *
 * <p>One thread starts and stops a server; a reset exchanges the application while requests come
 * in.
 *
 * <p>Below lie {@code settings}, {@code tls} and {@code start}, then {@code watching}, {@code dev}
 * and {@code commands}; none of them knows this package.
 */
@NullMarked
package dev.fettle.app;

import org.jspecify.annotations.NullMarked;
