/**
 * Commands that work on a server from outside: a token for the shell, a snippet for a program, a
 * look at what this machine lacks. They speak HTTP to it like anybody else.
 */
@NullMarked
package dev.fettle.app.commands;

import org.jspecify.annotations.NullMarked;
