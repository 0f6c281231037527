/**
 * The PostgreSQL server that runs when the operator names none.
 *
 * <p>Its programs travel on the class path and are unpacked once; its data live in one folder that
 * one process at a time may use. The launcher sees to it that the server runs as an ordinary user,
 * asks for a password, writes durably, stops when we stop, and starts cleanly after any end.
 *
 * <p>Invariant: no two servers ever work on one data folder. Linux only, x86-64 and arm64 with the
 * GNU C library; elsewhere the operator names a server.
 */
@NullMarked
package dev.fettle.db.embedded;

import org.jspecify.annotations.NullMarked;
