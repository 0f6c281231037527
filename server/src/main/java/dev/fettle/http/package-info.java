/**
 * HTTP on sockets: {@link dev.fettle.http.Request}, {@link dev.fettle.http.Response}, {@link
 * dev.fettle.http.Handler}, and the {@link dev.fettle.http.HttpServer} that brings them together.
 * The server library is visible in this package only.
 *
 * <p>Each request runs on a virtual thread of its own; handlers block freely and are called
 * concurrently. What a peer may take of the server is in {@link dev.fettle.http.HttpLimits}.
 */
@NullMarked
package dev.fettle.http;

import org.jspecify.annotations.NullMarked;
