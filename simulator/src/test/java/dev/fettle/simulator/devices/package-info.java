/** Tests of the pretend devices. */
@NullMarked
package dev.fettle.simulator.devices;

import org.jspecify.annotations.NullMarked;
