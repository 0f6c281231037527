/**
 * The rules that spoil answers: which requests they meet, and what happens to those.
 *
 * <p>A <em>fault</em> has a <em>match</em> (operation, library, page, how many to let pass, how
 * many to meet) and an <em>effect</em>. All faults that match a request strike it, in the order
 * they were set.
 *
 * <p>What holds always: a fault that ends has met exactly as many requests as it was told to,
 * however many came at once.
 *
 * <p>Left out: the effects themselves, which are worked on where answers are written; and the
 * failing of an event's tasks, which is the library's.
 */
@NullMarked
package dev.fettle.simulator.apple.faults;

import org.jspecify.annotations.NullMarked;
