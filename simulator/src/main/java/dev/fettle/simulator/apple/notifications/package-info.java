/**
 * Notifications on their way to the client's own URL: sent, repeated, lost, doubled and mixed up as
 * Apple's are; and whom the stand-in trusts for it, beside the certificate that it shows itself.
 *
 * <p>Words: a <em>delivery</em> says how the notifications of a library get lost or mixed up; the
 * <em>journal</em> holds the newest attempts with what came back.
 *
 * <p>What holds always: any 2xx is success, there are three attempts and then none. The first
 * attempts of a library go out one after the other; repeats hold up nobody. The bearer of a client
 * is neither printed nor kept in the journal.
 *
 * <p>Everything may be used by many threads at once; nothing is sent while a monitor is held.
 *
 * <p>Left out: what there is to tell, which is the library's.
 */
@NullMarked
package dev.fettle.simulator.apple.notifications;

import org.jspecify.annotations.NullMarked;
