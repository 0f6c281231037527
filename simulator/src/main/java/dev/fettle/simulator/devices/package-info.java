/**
 * Pretend devices: thousands in one process, each an ordinary client of the device protocol.
 *
 * <p>A <em>fleet</em> has <em>devices</em>; each device has a <em>model</em> (what it says it is)
 * and a <em>behaviour</em> (what it does with an update). Nothing of the server is known here: what
 * a fleet does to a server, any other devices could do.
 *
 * <p>One virtual thread for each device, one HTTP client for all. Files are streamed through a hash
 * and not kept. Chance is seeded, so that two fleets with the same settings are alike.
 */
@NullMarked
package dev.fettle.simulator.devices;

import org.jspecify.annotations.NullMarked;
