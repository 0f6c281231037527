package dev.fettle.teams;

import dev.fettle.teams.packages.PermissionSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The dry run of an upgrade.
 *
 * @param required what has to be sent as consentedPermissionSet if consent is required, and may be
 *     sent otherwise
 * @param lacking permissions of which any one would do, empty if the caller's own do
 * @param refusal what an upgrade that sends the required set would be told, or null if it would be
 *     carried out
 * @param upToDate whether an upgrade would change nothing
 * @param submitted a newer version that waits for its review, or null
 */
record UpgradePreview(
    String installedVersion,
    String newestVersion,
    PermissionSet added,
    PermissionSet dropped,
    PermissionSet required,
    boolean consentRequired,
    List<String> lacking,
    @Nullable String refusal,
    boolean upToDate,
    @Nullable SubmittedVersion submitted) {

  static UpgradePreview of(
      ConsentRequest request,
      Installation installed,
      List<String> opening,
      String callerAppId,
      @Nullable SubmittedVersion submitted) {
    PermissionSet before = request.before();
    PermissionSet part = request.part();
    List<String> lacking = List.of();
    String refusal = null;
    if (request.authority().held().isEmpty()) {
      lacking =
          request.needsConsent()
              ? Authority.consenting(request.kind(), request.application())
              : opening;
      refusal = "The caller has no permission that opens an upgrade.";
    } else if (!request.authority().reaches(request.ownApp())) {
      lacking = opening.stream().filter(name -> !name.contains("SelfFor")).toList();
      refusal =
          "AAD App Id '%s' is not allowed to manage the Teams App '%s'"
              .formatted(callerAppId, installed.appId());
    } else if (ConsentRules.decide(request) instanceof ConsentDecision.Refused refused) {
      refusal = refused.reason().message();
      lacking =
          refused instanceof ConsentDecision.CannotConsent
              ? Authority.consenting(request.kind(), request.application())
              : List.of();
    }
    return new UpgradePreview(
        installed.version(),
        request.version(),
        part.without(before),
        before.without(part),
        part,
        request.needsConsent(),
        lacking,
        refusal,
        request.version().equals(installed.version()),
        submitted);
  }
}
