package dev.fettle.teams;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** Identifiers in the forms that the service gives them. */
final class TeamsIds {

  private TeamsIds() {}

  /** The id of a definition in a state: {@code submitted}, {@code rejected}, {@code published}. */
  static String definition(String appId, String version, String state) {
    String word = state.substring(0, 1).toUpperCase(Locale.ROOT) + state.substring(1);
    return base64(appId + "##" + version + "##" + word);
  }

  /** The id that an installation of an app in an owner gets. */
  static String installation(String ownerId, String appId) {
    return base64(ownerId + "##" + appId);
  }

  /**
   * Refuses an id that no installation can have, such as the id of an app.
   *
   * @throws Refusal with {@link Reason.Invalid} and the text of the service
   */
  static void requireInstallation(String id) {
    boolean form;
    try {
      String decoded = new String(Base64.getDecoder().decode(padded(id)), StandardCharsets.UTF_8);
      int at = decoded.indexOf("##");
      form = at > 0 && at < decoded.length() - 2;
    } catch (IllegalArgumentException e) {
      form = false;
    }
    if (!form) {
      throw Refusal.invalid(null, "Invalid id '%s' provided.".formatted(id));
    }
  }

  /** Text in base64 with its padding. */
  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** An id in base64 as it is stored, with its padding even if the caller left it out. */
  static String padded(String id) {
    int bare = id.length();
    while (bare > 0 && id.charAt(bare - 1) == '=') {
      bare--;
    }
    String stripped = id.substring(0, bare);
    return switch (bare % 4) {
      case 2 -> stripped + "==";
      case 3 -> stripped + "=";
      default -> stripped;
    };
  }
}
