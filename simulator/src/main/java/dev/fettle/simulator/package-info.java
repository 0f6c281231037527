/**
 * Stand-ins for the parties that a server of this kind talks to: pretend devices, and Apple's side.
 *
 * <p>They are ordinary clients and servers of the real wire protocols and know nothing of the
 * server's code.
 */
@NullMarked
package dev.fettle.simulator;

import org.jspecify.annotations.NullMarked;
