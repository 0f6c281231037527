/**
 * A small device agent for any machine: it asks an update server what to do, downloads, checks,
 * runs the installer command that its configuration names for the software type, and reports.
 *
 * <p>Its one invariant: what was installed once for an action is never installed again for it, at
 * whatever moment the agent is killed. Therefore each step is written to disk before it is taken
 * ({@link dev.fettle.agent.StateFile}), and an installer runs so that it outlives the agent and
 * leaves its outcome in a file ({@link dev.fettle.agent.Installer}): the next start waits for it,
 * or reads what became of it.
 *
 * <p>One agent works in one state folder, with one thread; a lock file keeps a second one out.
 *
 * <p>Left out: updating the agent itself, and choosing a time for soft updates; whatever is offered
 * is done.
 */
@NullMarked
package dev.fettle.agent;

import org.jspecify.annotations.NullMarked;
