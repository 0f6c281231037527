/** Placeholder. */
@NullMarked
package dev.fettle.agent;

import org.jspecify.annotations.NullMarked;
