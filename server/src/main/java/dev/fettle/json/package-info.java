/**
 * Reading and writing JSON text: one mapper with the limits of the server. Everything here is
 * stateless.
 */
@NullMarked
package dev.fettle.json;

import org.jspecify.annotations.NullMarked;
