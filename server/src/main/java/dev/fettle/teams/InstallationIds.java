package dev.fettle.teams;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The form of installation ids. */
final class InstallationIds {

  private InstallationIds() {}

  /** The id that an installation of an app in an owner gets. */
  static String of(String ownerId, String appId) {
    return DefinitionIds.base64(ownerId + "##" + appId);
  }

  /**
   * Refuses what cannot be the id of any installation, such as the id of an app.
   *
   * @throws Refusal with {@link Reason.Invalid} and the text of the service
   */
  static void require(String id) {
    boolean form;
    try {
      String decoded =
          new String(Base64.getDecoder().decode(DefinitionIds.padded(id)), StandardCharsets.UTF_8);
      int at = decoded.indexOf("##");
      form = at > 0 && at < decoded.length() - 2;
    } catch (IllegalArgumentException e) {
      form = false;
    }
    if (!form) {
      throw new Refusal(Reason.invalid(null, "Invalid id '%s' provided.".formatted(id)));
    }
  }
}
