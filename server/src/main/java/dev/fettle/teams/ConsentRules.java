package dev.fettle.teams;

import dev.fettle.base.Refusal;
import dev.fettle.teams.packages.PermissionSet;
import org.jspecify.annotations.Nullable;

/** The decisions about consent, shared by install, upgrade and preview. */
final class ConsentRules {

  private ConsentRules() {}

  /**
   * True if the caller is the app.
   *
   * @param clientAppId the registration that the app's manifest names, or null if it names none:
   *     then nobody is the app itself
   */
  static boolean ownApp(String callerAppId, @Nullable String clientAppId) {
    return clientAppId != null && clientAppId.equalsIgnoreCase(callerAppId);
  }

  /**
   * Checks that the caller's permissions reach an app.
   *
   * @throws Refusal with the documented text if they are for the caller's own app only and this is
   *     another one
   */
  static void reach(
      Authority authority, String callerAppId, @Nullable String clientAppId, String appId) {
    if (!authority.reaches(ownApp(callerAppId, clientAppId))) {
      throw Refusal.forbidden(
          "AAD App Id '%s' is not allowed to manage the Teams App '%s'"
              .formatted(callerAppId, appId));
    }
  }

  /**
   * Weighs R against C. Rights come before the body: who cannot consent is told so whatever the
   * body says.
   */
  static ConsentDecision decide(ConsentRequest request) {
    PermissionSet part = request.part();
    if (request.needsConsent()) {
      if (!request.consentEnabled()) {
        return new ConsentDecision.SwitchedOff(request);
      }
      if (!request.authority().consents(request.ownApp())) {
        return new ConsentDecision.CannotConsent(request);
      }
      if (!request.application() && !request.partOfOwner()) {
        return new ConsentDecision.NotPartOfOwner(request);
      }
    }
    PermissionSet given = request.given();
    if (given == null) {
      return request.needsConsent()
          ? new ConsentDecision.ConsentMissing(request)
          : new ConsentDecision.Accepted(part);
    }
    if (given.sameAs(request.required()) || given.sameAs(part)) {
      return new ConsentDecision.Accepted(part);
    }
    return new ConsentDecision.ConsentDiffers(
        request, part.without(given), given.without(part), null);
  }
}
