/** Tests of settings. */
@NullMarked
package dev.fettle.app.settings;

import org.jspecify.annotations.NullMarked;
