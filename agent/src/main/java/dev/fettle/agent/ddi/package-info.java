/**
 * The device's side of DDI v1, the polling protocol between devices and an update server.
 *
 * <p>Vocabulary is the protocol's: a device is a <em>controller</em>, one piece of work is an
 * <em>action</em> with an id, a <em>deployment</em> says what to install in <em>chunks</em> with
 * their <em>artifacts</em> (files), and <em>feedback</em> tells the server how it goes.
 *
 * <p>Everything blocks and is meant for virtual threads. {@link DdiHttp} is shared by any number of
 * devices; {@link DdiClient} belongs to one device and holds no state that changes, so its methods
 * may be called at the same time. What a server sends is never trusted: answers are limited in
 * size, files are limited to the size that was announced and checked against their hash.
 *
 * <p>Left out: CBOR, client certificates, confirmation. Two links that other servers do not offer
 * and other agents do not know, {@code restart} and {@code diagnostics}, are read as well.
 */
@NullMarked
package dev.fettle.agent.ddi;

import org.jspecify.annotations.NullMarked;
