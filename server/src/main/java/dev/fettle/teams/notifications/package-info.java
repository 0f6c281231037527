/**
 * Notifications that apps send to the activity feeds of users, alone or in a chat or team: who may,
 * what has to be in them, and what was sent in the last 30 days.
 *
 * <p>The <em>sender</em> is the installed app whose registration is the caller. A notification is
 * of an <em>activity type</em> that the sender's manifest declares with a template text, or of the
 * reserved {@code systemDefault}, whose text is free. Nothing is delivered anywhere: there is no
 * feed to show it, so what is kept here is what a feed would have shown.
 */
@NullMarked
package dev.fettle.teams.notifications;

import org.jspecify.annotations.NullMarked;
