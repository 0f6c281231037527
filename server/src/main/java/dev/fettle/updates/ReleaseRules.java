package dev.fettle.updates;

import dev.fettle.base.Refusal;
import dev.fettle.devices.SoftwareVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The rules for releases and the names of their files. */
final class ReleaseRules {

  /** The most files of one release. */
  static final int MOST_ARTIFACTS = 20;

  /** The longest file name, in bytes of UTF-8. */
  static final int LONGEST_NAME = 200;

  private static final int MOST_MODELS = 100;
  private static final int LONGEST_TEXT = 128;

  private ReleaseRules() {}

  static void checkVersion(String version) {
    if (!SoftwareVersion.isValid(version)) {
      throw Refusal.invalid(
          "version",
          "Property 'version': a version has 1 to "
              + SoftwareVersion.MAX_LENGTH
              + " letters, digits and any of .+_~-, and begins with a letter or digit.");
    }
  }

  static void checkDisplayName(String name) {
    if (name.isBlank() || name.length() > LONGEST_TEXT || hasControl(name)) {
      throw Refusal.invalid(
          "displayName",
          "Property 'displayName' has 1 to " + LONGEST_TEXT + " printable characters.");
    }
  }

  /** Models as they are stored: lower case, since makers do not agree with themselves on that. */
  static List<String> models(List<String> models) {
    if (models.size() > MOST_MODELS) {
      throw Refusal.invalid("models", "Property 'models' has at most " + MOST_MODELS + " entries.");
    }
    for (String model : models) {
      if (model.isBlank() || model.length() > LONGEST_TEXT || hasControl(model)) {
        throw Refusal.invalid(
            "models",
            "Property 'models': a model has 1 to " + LONGEST_TEXT + " printable characters.");
      }
    }
    return models.stream().map(model -> model.strip().toLowerCase(Locale.ROOT)).distinct().toList();
  }

  /**
   * Refuses what is not one plain file name: agents make a file of it in a folder of theirs, and it
   * is a segment of a URL.
   */
  static void checkFileName(String name) {
    if (name.isBlank()
        || name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME
        || name.startsWith(".")
        || name.startsWith("-")
        || name.startsWith(" ")
        || name.endsWith(" ")
        || name.endsWith(".")
        || name.chars().anyMatch(c -> "/\\:*?\"<>|%;".indexOf(c) >= 0)
        || hasControl(name)
        || name.toLowerCase(Locale.ROOT).endsWith(".md5sum")) {
      throw Refusal.invalid(
          "fileName",
          "A file name has 1 to "
              + LONGEST_NAME
              + " bytes, does not begin with a dot, hyphen or blank, does not end with a dot or"
              + " blank or in .MD5SUM, and holds no control character and none of"
              + " /\\:*?\"<>|%; .");
    }
  }

  private static boolean hasControl(String text) {
    return text.codePoints()
        .anyMatch(
            c ->
                Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.SURROGATE
                    || Character.getType(c) == Character.LINE_SEPARATOR
                    || Character.getType(c) == Character.PARAGRAPH_SEPARATOR);
  }
}
