/** Tests of the parts of the stand-in that tell clients of changes. */
@NullMarked
package dev.fettle.simulator.apple.notifications;

import org.jspecify.annotations.NullMarked;
