/**
 * Commands that need no server in this process: a token for the shell, a snippet for a program, how
 * to trust the certificate, a look at what this machine lacks, the version. Those that ask a server
 * speak HTTP to it like anybody else.
 */
@NullMarked
package dev.fettle.app.commands;

import org.jspecify.annotations.NullMarked;
