/** Teams apps, through the whole application. */
@NullMarked
package dev.fettle.teams;

import org.jspecify.annotations.NullMarked;
