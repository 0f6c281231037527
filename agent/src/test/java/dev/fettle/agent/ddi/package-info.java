/** Tests of the device's side of DDI. */
@NullMarked
package dev.fettle.agent.ddi;

import org.jspecify.annotations.NullMarked;
