/** The whole server under bad input and faults, over a socket. */
@NullMarked
package dev.fettle.faults;

import org.jspecify.annotations.NullMarked;
