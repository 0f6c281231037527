/**
 * What the server knows of HTTP: {@link dev.fettle.http.Request}, {@link dev.fettle.http.Response},
 * {@link dev.fettle.http.Handler}. The server library is visible in {@link
 * dev.fettle.http.HttpServer} only, so that it can be exchanged.
 *
 * <p>Each request runs on a virtual thread of its own; handlers block freely and are called
 * concurrently.
 */
@NullMarked
package dev.fettle.http;

import org.jspecify.annotations.NullMarked;
