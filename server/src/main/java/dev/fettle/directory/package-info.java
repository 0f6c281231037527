/**
 * Users, chats and teams, as far as installations of apps need them: created, read, listed, changed
 * and deleted in Graph's own shapes, so that a tenant can be filled with any Graph client. The
 * channels of a team come with it and are only read, and so is the group that each team has.
 *
 * <p>A <em>host</em> is a chat or a team; a <em>member</em> is a user in one, with the roles {@code
 * owner} or none ({@code guest} for guests). A user is addressed by id or by userPrincipalName; the
 * latter in any letter case. {@link dev.fettle.directory.Owners} finds owners for others, who read
 * members for themselves where one statement has to do; {@link
 * dev.fettle.directory.OwnerDeletionListener} tells them when an owner is deleted.
 *
 * <p>Not here: messages, what happens in channels, licences, groups other than those of teams.
 */
@NullMarked
package dev.fettle.directory;

import org.jspecify.annotations.NullMarked;
