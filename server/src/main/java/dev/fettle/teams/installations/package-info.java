/**
 * Installations: an app in one user, chat or team, at one definition, with what was consented to
 * there and the grants that follow from it.
 *
 * <p>Invariants: an app is installed at most once in an owner; the definition was published when
 * the installation came to it; the grants of an installation are the application permissions of its
 * consented set; installation ids never change. They are stored and looked up by tenant, owner and
 * id, and never taken apart.
 *
 * <p>An upgrade reads everything in one statement, decides by the rules of {@code consent}, and
 * moves with a statement that only fits the state it has read; if another upgrade, an automatic
 * move or a removal came first, it reads again. So two at once end as if one came after the other.
 */
@NullMarked
package dev.fettle.teams.installations;

import org.jspecify.annotations.NullMarked;
