/**
 * The content tokens that open libraries: given out, found again in requests, ended.
 *
 * <p>A content token is Base64 of a JSON object whose inner {@code token} is the secret; what else
 * the text says is for people and is not believed. It ends when it expires or is revoked.
 *
 * <p>What holds always: a library's first, second, third token has the same secret after a restart,
 * and no type here prints it. Any number of threads may ask and change at once.
 *
 * <p>Left out: what a request is told whose token has ended.
 */
@NullMarked
package dev.fettle.simulator.apple.tokens;

import org.jspecify.annotations.NullMarked;
