/** Tests of what only a developer's server has, by itself. */
@NullMarked
package dev.fettle.app.start;

import org.jspecify.annotations.NullMarked;
