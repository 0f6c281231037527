/**
 * What the operator may set: read once, checked whole, then handed out part by part.
 *
 * <p>A setting has one name everywhere. It comes from, in rising order: the default of the mode,
 * the configuration file, the environment ({@code http.port} is {@code FETTLE_HTTP_PORT}), the
 * command line. All problems are reported together, an unknown name is one of them, and no value is
 * bent into shape. docs/operations.md names every setting; a test sees to it.
 */
@NullMarked
package dev.fettle.app.settings;

import org.jspecify.annotations.NullMarked;
