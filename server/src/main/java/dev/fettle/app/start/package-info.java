/**
 * What must hold before there is a server: a data directory that can be used and belongs to this
 * way to run, and the words for a start that cannot be.
 *
 * <p>A start is <em>refused</em> for a reason that a person can mend; each reason says what is in
 * the way, why, and what to do, and has an exit code of its own, which docs/operations.md lists.
 *
 * <p>The directory is looked at by the one thread that starts the server. Ports and the database
 * are looked at one room above, where they are opened; that settings cannot be is said by the
 * settings.
 */
@NullMarked
package dev.fettle.app.start;

import org.jspecify.annotations.NullMarked;
