/** Tests of what operators look at, by itself. */
@NullMarked
package dev.fettle.app.watching;

import org.jspecify.annotations.NullMarked;
