/** The rules of consent against a naive model of them. */
@NullMarked
package dev.fettle.teams.consent;

import org.jspecify.annotations.NullMarked;
