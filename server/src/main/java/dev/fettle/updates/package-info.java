/**
 * Updates: releases with their files, and what is asked of devices.
 *
 * <p>A <i>release</i> is a version of one software type for some device types and models, with its
 * <i>artifacts</i>; it is a draft, published, or withdrawn, and only a draft changes. An
 * <i>operation</i> is what was asked of one device. Agents know it by its <i>action number</i>, and
 * a release by its <i>module number</i>.
 *
 * <p>Invariants: a final operation (succeeded, failed, cancelled) never becomes another one; what
 * comes later is noted beside it. One operation of a kind is open for a device, by a partial unique
 * index. Every change of an operation is made with its row locked or by a conditional update, so
 * agents, administrators and the sweep may act at the same time. The bytes of files lie in a {@link
 * dev.fettle.updates.ContentStore} under their SHA-256, written before the row that names them and
 * removed by the sweep when no row does.
 *
 * <p>All types are safe for concurrent use. The device protocol is not here: {@code ddi} speaks it
 * and calls {@link dev.fettle.updates.AgentWork}.
 */
@NullMarked
package dev.fettle.updates;

import org.jspecify.annotations.NullMarked;
