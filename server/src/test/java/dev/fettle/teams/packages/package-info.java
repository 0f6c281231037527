/** Packages, right and wrong. */
@NullMarked
package dev.fettle.teams.packages;

import org.jspecify.annotations.NullMarked;
