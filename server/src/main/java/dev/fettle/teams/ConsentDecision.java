package dev.fettle.teams;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.teams.packages.PermissionSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer of the rules of consent to one request. */
sealed interface ConsentDecision {

  /** Carry it out; {@code consented} is the owner's consent from now on. */
  record Accepted(PermissionSet consented) implements ConsentDecision {}

  /** A decision that is a refusal. */
  sealed interface Refused extends ConsentDecision {
    /** The reason, with what was there, what is missing and what would do. */
    Reason reason();
  }

  /** The tenant does not let apps with application permissions into such owners. */
  record SwitchedOff(ConsentRequest request) implements Refused {
    @Override
    public Reason reason() {
      String where =
          switch (request.kind()) {
            case USER -> "the personal scope (isUserPersonalScopeResourceSpecificConsentEnabled)";
            case CHAT -> "chats (isChatResourceSpecificConsentEnabled)";
            case TEAM -> "teams";
          };
      return Reason.forbidden(
          "Resource-specific consent is switched off in this tenant for %s. Version %s of the app requires %s."
              .formatted(where, request.version(), request.unconsented()));
    }
  }

  /** The caller's permissions cannot consent. */
  record CannotConsent(ConsentRequest request) implements Refused {
    @Override
    public Reason reason() {
      return Reason.forbidden(
          "Version %s of the app requires consent to %s. %s on the request '%s' cannot consent. API requires one of '%s'."
              .formatted(
                  request.version(),
                  request.unconsented(),
                  request.application() ? "Roles" : "Scopes",
                  String.join(", ", request.authority().held().stream().sorted().toList()),
                  String.join(", ", Authority.consenting(request.kind(), request.application()))));
    }
  }

  /** The signed-in user does not belong to the owner and cannot consent for it. */
  record NotPartOfOwner(ConsentRequest request) implements Refused {
    @Override
    public Reason reason() {
      String user =
          switch (request.kind()) {
            case USER -> "is another user";
            case CHAT -> "is not a member of the chat";
            case TEAM -> "is neither an owner nor a member of the team";
          };
      return Reason.forbidden(
          "The signed-in user %s and cannot consent to %s there."
              .formatted(user, request.unconsented()));
    }
  }

  /** Consent is needed and the request gives none. */
  record ConsentMissing(ConsentRequest request) implements Refused {
    @Override
    public Reason reason() {
      return Reason.invalid(
          "consentedPermissionSet",
          "Version %s of the app requires consent to resource-specific permissions and the request has no consentedPermissionSet. Missing: %s."
              .formatted(request.version(), request.part()));
    }
  }

  /**
   * The request consents to something else than the definition requires.
   *
   * @param fitting a version that waits for its review and takes what was sent, or null
   */
  record ConsentDiffers(
      ConsentRequest request,
      PermissionSet missing,
      PermissionSet excess,
      @Nullable SubmittedVersion fitting)
      implements Refused {

    /** The same, knowing the versions that wait for their review. */
    ConsentDiffers among(List<SubmittedVersion> submitted) {
      PermissionSet given = request.given();
      return new ConsentDiffers(
          request,
          missing,
          excess,
          submitted.stream()
              .filter(one -> given != null && one.fits(given, request.kind()))
              .findFirst()
              .orElse(null));
    }

    @Override
    public Reason reason() {
      return Reason.invalid(
          "consentedPermissionSet",
          "The consentedPermissionSet is not the set of resource-specific permissions that version "
              + request.version()
              + " of the app requires."
              + (missing.isEmpty() ? "" : " Missing: " + missing + ".")
              + (excess.isEmpty() ? "" : " Not required: " + excess + ".")
              + (fitting == null
                  ? ""
                  : " It is the set of another version. " + fitting.approval()));
    }
  }

  /**
   * The set that is consented to.
   *
   * @throws Refusal if the decision is a refusal
   */
  default PermissionSet orThrow() {
    return switch (this) {
      case Accepted(PermissionSet consented) -> consented;
      case Refused refused -> throw new Refusal(refused.reason());
    };
  }
}
