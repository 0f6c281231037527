/**
 * Teams apps: what a tenant offers in its catalogue, where it is installed, and how an installation
 * moves to a newer version with the consent that this takes.
 *
 * <p>An <em>app</em> has <em>definitions</em>, one for each version; an <em>installation</em> is an
 * app in one user, chat or team (its <em>owner</em>) at one definition. A <em>permission set</em>
 * is a set of resource-specific permissions; a <em>grant</em> is one of them given to the app's
 * registration in one owner.
 *
 * <p>{@code packages} opens and checks the zip files, {@code catalogue} keeps apps and definitions,
 * {@code consent} holds the rules of consent as pure functions, {@code installations} keeps what is
 * installed where, {@code notifications} takes what apps send to activity feeds. This package puts
 * them together: the grants that open operations, the seed, the list of all operations.
 */
@NullMarked
package dev.fettle.teams;

import org.jspecify.annotations.NullMarked;
