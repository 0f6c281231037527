/**
 * Settings of the operator: declared once, read once, checked as a whole.
 *
 * <p>A <em>setting</em> is a declaration: a name, the type and the bounds of its values, a default
 * for each way to run, and a purpose. Its value comes from, in rising order: the default, the
 * configuration file, the environment ({@code http.port} is {@code FETTLE_HTTP_PORT}), the command
 * line. All problems are reported together, an unknown name is one of them, and no value is
 * corrected silently; a variable of the environment that is no setting is a warning. The help of
 * the command line and the table in docs/operations.md come from the declarations; a test holds the
 * page to them.
 */
@NullMarked
package dev.fettle.app.settings;

import org.jspecify.annotations.NullMarked;
