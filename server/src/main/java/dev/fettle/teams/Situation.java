package dev.fettle.teams;

import org.jspecify.annotations.Nullable;

/**
 * All that one decision about an owner and an app needs, read in one statement.
 *
 * @param appId the app, or null if it is not known
 * @param inCatalogue whether the app can be installed and upgraded
 * @param installed the installation, or null
 * @param newest the newest published definition, or null
 * @param partOfOwner whether the signed-in user is the user, or a member of the chat or team
 * @param consentEnabled whether the tenant lets apps with application permissions into the scope
 */
record Situation(
    String ownerId,
    @Nullable String appId,
    boolean inCatalogue,
    @Nullable Installed installed,
    @Nullable Candidate newest,
    boolean partOfOwner,
    boolean consentEnabled) {}
