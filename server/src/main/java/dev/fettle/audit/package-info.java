/**
 * The audit trail: who did what, and why it was refused.
 *
 * <p>An <em>entry</em> tells of one action on one target by one <em>actor</em>: a caller, or a part
 * of the server itself. An entry of a change is written in the transaction of the change, so
 * neither exists without the other; an entry of a refusal is written by itself, since the refused
 * transaction is gone. Entries are never changed, but for one thing: equal refusals within about a
 * minute are one entry with their number, which is written a little later, so that a program that
 * asks again and again costs no statement each time. What a crash loses of it is a number. Entries
 * hold no secret: whoever writes the detail leaves secrets out.
 *
 * <p>Left out: requests that only read, and requests without a valid access token, which could
 * otherwise fill the table at will.
 */
@NullMarked
package dev.fettle.audit;

import org.jspecify.annotations.NullMarked;
