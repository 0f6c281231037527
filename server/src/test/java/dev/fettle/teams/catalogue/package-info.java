/** What the catalogue takes in. */
@NullMarked
package dev.fettle.teams.catalogue;

import org.jspecify.annotations.NullMarked;
