/** Tests of the device agent. */
@NullMarked
package dev.fettle.agent;

import org.jspecify.annotations.NullMarked;
