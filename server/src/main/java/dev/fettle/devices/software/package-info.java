/**
 * The software of devices: its kinds, the order of its versions, and which there is.
 *
 * <p>A <i>software type</i> is a kind of software that is updated by itself. A <i>version</i> is
 * any text that a device reports; versions compare by their components, and their <i>key</i> is a
 * text whose order in the database is the order of versions, so both ways of comparing agree. A
 * version is <i>available</i> to a device if it is published and fits its type and model.
 *
 * <p>All types are immutable; an implementation of {@link
 * dev.fettle.devices.software.AvailableVersions} is asked within a transaction of its caller. Left
 * out: releases and their files, which are kept by a room above.
 */
@NullMarked
package dev.fettle.devices.software;

import org.jspecify.annotations.NullMarked;
