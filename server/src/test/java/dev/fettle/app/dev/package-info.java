/** Tests of what only a developer's server has, by itself. */
@NullMarked
package dev.fettle.app.dev;

import org.jspecify.annotations.NullMarked;
