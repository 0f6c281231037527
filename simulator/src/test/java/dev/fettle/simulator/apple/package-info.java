/** Tests of the stand-in: what it answers, fact by fact, over a real socket. */
@NullMarked
package dev.fettle.simulator.apple;

import org.jspecify.annotations.NullMarked;
