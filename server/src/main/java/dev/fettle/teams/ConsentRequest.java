package dev.fettle.teams;

import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.packages.PermissionSet;
import org.jspecify.annotations.Nullable;

/**
 * All that decides whether a definition may be put into an owner.
 *
 * @param kind the kind of owner
 * @param version the definition's version, as refusals name it
 * @param required R, what the definition requires
 * @param before H, what the installation was consented to until now; empty for a new one
 * @param given C, what the request consents to; null if it says nothing
 * @param authority what the caller's permissions allow
 * @param ownApp whether the caller is the app's own registration
 * @param application whether the caller is an app by itself rather than a user through an app
 * @param partOfOwner whether the signed-in user is the user, or a member of the chat or team
 * @param consentEnabled whether the tenant lets apps with application permissions into the scope
 */
record ConsentRequest(
    OwnerKind kind,
    String version,
    PermissionSet required,
    PermissionSet before,
    @Nullable PermissionSet given,
    Authority authority,
    boolean ownApp,
    boolean application,
    boolean partOfOwner,
    boolean consentEnabled) {

  /** The part of R that is granted in the scope. */
  PermissionSet part() {
    return required.part(kind);
  }

  /** The application permissions of the scope's part that nobody has consented to yet. */
  PermissionSet unconsented() {
    return part().application().without(before);
  }

  /** True if somebody has to consent explicitly. */
  boolean needsConsent() {
    return !unconsented().isEmpty();
  }
}
