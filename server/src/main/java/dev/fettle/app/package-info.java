/** Main, command line, settings; everything is constructed here. */
@NullMarked
package dev.fettle.app;

import org.jspecify.annotations.NullMarked;
