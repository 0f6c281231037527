/** Tests of the program: its server, its commands, its two ways to run. */
@NullMarked
package dev.fettle.app;

import org.jspecify.annotations.NullMarked;
