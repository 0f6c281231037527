/** Tests of the device-facing protocol, over a real socket. */
@NullMarked
package dev.fettle.ddi;

import org.jspecify.annotations.NullMarked;
