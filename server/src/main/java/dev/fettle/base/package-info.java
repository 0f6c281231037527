/**
 * Values that every room may use: refusals and their reasons, identifiers, texts, permissions of
 * files, and files that come with the program. Holds no HTTP, JSON or SQL type; everything here is
 * immutable and safe to share between threads.
 */
@NullMarked
package dev.fettle.base;

import org.jspecify.annotations.NullMarked;
