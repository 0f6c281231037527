package dev.fettle.teams;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** Identifiers in the forms that the service gives them. */
final class DefinitionIds {

  private DefinitionIds() {}

  /** The id of a definition in a state: {@code submitted}, {@code rejected}, {@code published}. */
  static String of(String appId, String version, String state) {
    return base64(
        appId
            + "##"
            + version
            + "##"
            + state.substring(0, 1).toUpperCase(Locale.ROOT)
            + state.substring(1));
  }

  /** Text in base64 with its padding. */
  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** An id in base64 as it is stored, whether or not the caller left the padding out. */
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
