/**
 * Reading and writing JSON text: one mapper with the limits of the server, and small readers that
 * say which member is wrong. Everything here is stateless.
 */
@NullMarked
package dev.fettle.json;

import org.jspecify.annotations.NullMarked;
