/**
 * Background work that survives the server: due times and leases are rows.
 *
 * <p>A <em>job</em> has a kind (its code, registered at start), a tenant and a key. A
 * <em>recurring</em> job runs again and again and has one key; a <em>keyed</em> job runs when
 * somebody asked for it, for example the sync of one content token. Its work is a step that is
 * given the time and returns; the only threads are those of {@link dev.fettle.jobs.Jobs}.
 *
 * <p>Invariants: of one kind, tenant and key at most one step runs at once, over all servers that
 * share the database. Asking while it runs makes it run once more afterwards; asking twice before
 * it runs is one run, at the earlier time. A step may run twice (its server died after the work and
 * before the note of it), so steps are idempotent. A step that throws anything, an error of the
 * machine too, is logged, counted and tried again, a keyed one later each time.
 *
 * <p>A job is due when the server's clock says so, which development mode drives, or when as much
 * time has passed by the database's as it was to wait, whichever comes first: a clock that is set
 * back holds nothing up (docs/decisions/0011). Leases go by no clock at all but by counts.
 *
 * <p>Beside the jobs there is a server's <em>own</em> work: it is done by each server for itself,
 * without row or lease, and writes down what only that server's memory holds. And there are
 * errands, done once and not again.
 *
 * <p>Who dies keeps its lease until another server has seen it stand still for half a minute; that
 * one takes over. A server that is alone on its database takes over at once. Left out: priorities,
 * histories, cron expressions.
 */
@NullMarked
package dev.fettle.jobs;

import org.jspecify.annotations.NullMarked;
