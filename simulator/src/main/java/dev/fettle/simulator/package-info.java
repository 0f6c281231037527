/** Placeholder. */
@NullMarked
package dev.fettle.simulator;

import org.jspecify.annotations.NullMarked;
