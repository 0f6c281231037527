package dev.fettle.teams;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.teams.packages.PermissionSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the rules of consent say to one request. */
sealed interface Verdict {

  /** Carry it out; {@code consented} is what the owner has consented to from now on. */
  record Accepted(PermissionSet consented) implements Verdict {}

  /** The tenant does not let apps with application permissions into this scope. */
  record SwitchedOff(ConsentRequest request) implements Verdict, Refused {
    @Override
    public Reason reason() {
      return Reason.forbidden(
          "Resource-specific consent is switched off in this tenant for "
              + switch (request.scope()) {
                case USER ->
                    "the personal scope (isUserPersonalScopeResourceSpecificConsentEnabled)";
                case CHAT -> "chats (isChatResourceSpecificConsentEnabled)";
                case TEAM -> "teams";
              }
              + ". Version "
              + request.version()
              + " of the app requires "
              + request.unconsented()
              + ".");
    }
  }

  /** The caller's permissions cannot consent. */
  record CannotConsent(ConsentRequest request) implements Verdict, Refused {
    @Override
    public Reason reason() {
      return Reason.forbidden(
          "Version "
              + request.version()
              + " of the app requires consent to "
              + request.unconsented()
              + ". "
              + (request.application() ? "Roles" : "Scopes")
              + " on the request '"
              + String.join(", ", request.authority().held().stream().sorted().toList())
              + "' cannot consent. API requires one of '"
              + String.join(", ", Authority.consenting(request.scope(), request.application()))
              + "'.");
    }
  }

  /** The signed-in user does not belong to the owner and cannot consent for it. */
  record NotPartOfOwner(ConsentRequest request) implements Verdict, Refused {
    @Override
    public Reason reason() {
      return Reason.forbidden(
          "The signed-in user "
              + switch (request.scope()) {
                case USER -> "is another user";
                case CHAT -> "is not a member of the chat";
                case TEAM -> "is neither an owner nor a member of the team";
              }
              + " and cannot consent to "
              + request.unconsented()
              + " there.");
    }
  }

  /** Consent is needed and the request gives none. */
  record ConsentMissing(ConsentRequest request) implements Verdict, Refused {
    @Override
    public Reason reason() {
      return Reason.invalid(
          "consentedPermissionSet",
          "Version "
              + request.version()
              + " of the app requires consent to resource-specific permissions and the request has"
              + " no consentedPermissionSet. Missing: "
              + request.part()
              + ".");
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
      implements Verdict, Refused {

    /** The same, knowing the versions that wait for their review. */
    public ConsentDiffers among(List<SubmittedVersion> submitted) {
      PermissionSet given = request.given();
      return new ConsentDiffers(
          request,
          missing,
          excess,
          submitted.stream()
              .filter(one -> given != null && one.fits(given, request.scope()))
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

  /** A verdict that is a refusal. */
  sealed interface Refused extends Verdict
      permits SwitchedOff, CannotConsent, NotPartOfOwner, ConsentMissing, ConsentDiffers {
    /** Why, with what was there, what is missing and what would do. */
    Reason reason();
  }

  /**
   * The set that is consented to.
   *
   * @throws Refusal if the verdict is a refusal
   */
  default PermissionSet orThrow() {
    return switch (this) {
      case Accepted(PermissionSet consented) -> consented;
      case Refused refused -> throw new Refusal(refused.reason());
    };
  }
}
