/**
 * The device-facing protocol: DDI v1 as update agents speak it, at {@code
 * /{tenant}/controller/v1/{controllerId}}.
 *
 * <p>This package translates: addresses and JSON in, calls of {@link
 * dev.fettle.updates.AgentActions} and {@link dev.fettle.devices.Devices}, JSON and files out. It
 * decides nothing about operations and holds no SQL. Words are DDI's: <i>action</i> (an operation
 * by its number), <i>deployment</i>, <i>module</i> (a release by its number), <i>feedback</i>.
 *
 * <p>Invariants: every accepted request is answered with 200 (206 for a range) and a true {@code
 * Content-Length}, since agents take anything else for a failure; a poll with nothing to do is one
 * read and no write; nothing tells a caller without a credential whether a device exists; a device
 * sees only its own actions and files. What differs between agents is data: {@link
 * dev.fettle.ddi.AgentProfile}.
 *
 * <p>Everything here may be called concurrently. Left out: CBOR, confirmation (no operation waits
 * for one, so its addresses answer 404), maintenance windows.
 */
@NullMarked
package dev.fettle.ddi;

import org.jspecify.annotations.NullMarked;
