/**
 * Teams apps: the catalogue of a tenant, the installations in users, chats and teams, their
 * upgrades with the consent that these take, and the notifications that apps send.
 *
 * <p>An <em>app</em> has <em>definitions</em>, one for each version, each submitted, rejected or
 * published; a definition's id names its state and so changes with it. The <em>newest</em>
 * definition is the published one of the highest version. An <em>installation</em> is an app in one
 * user, chat or team (its <em>owner</em>) at one definition. A <em>permission set</em> is a set of
 * resource-specific permissions; a <em>grant</em> is one of them given to the app's registration in
 * one owner. A <em>notification</em> is of an <em>activity type</em> that its sender's manifest
 * declares, or of the reserved {@code systemDefault}.
 *
 * <p>Consent compares sets of name and type: R is what a definition requires, C what a request
 * consents to, H what the installation was consented to before. It is asked only for what R has and
 * H has not. The <em>part</em> of R for a scope are the permissions whose last name part belongs to
 * it ({@code .User}, {@code .Chat}, {@code .Group}); a permission with another ending belongs to
 * every scope, so that a new kind is never granted silently. These rules are pure functions.
 *
 * <p>Invariants: one organization app for each manifest id and one definition for each version, by
 * unique indexes; a published definition stays published; an app is installed at most once in an
 * owner; the grants of an installation are the application permissions of its consented set;
 * installation ids never change and are never taken apart.
 *
 * <p>An upgrade reads everything in one statement, the owner and its members among it, decides, and
 * moves with a statement that only fits the state it has read; if something else came first, it
 * reads again. So two at once end as if one came after the other. Left out: a feed that would show
 * notifications.
 */
@NullMarked
package dev.fettle.teams;

import org.jspecify.annotations.NullMarked;
