/**
 * What devices report about themselves, and what follows from it: the documents on activity,
 * configuration and health in the shape of the schema, the condition of a device and how fresh its
 * software is.
 *
 * <p>A <i>peripheral</i> is a part of a device that may be missing, <i>optional</i> if the device
 * can do without it. The <i>condition</i> is what a device is like as far as it can be asked,
 * whether or not it is connected; <i>freshness</i> compares the version that runs with the newest
 * that fits.
 *
 * <p>Invariants: of a reported document only the members that are read back are kept, as a copy;
 * the two write-only members of a configuration and what the server knows better are not among
 * them.
 *
 * <p>Everything is a function of values, and no document that is handed in is changed. Left out:
 * the attributes that DDI agents send, the rows in which all this is stored, and when it is worked
 * out anew.
 */
@NullMarked
package dev.fettle.devices.reports;

import org.jspecify.annotations.NullMarked;
