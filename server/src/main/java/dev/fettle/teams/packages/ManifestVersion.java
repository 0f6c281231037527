package dev.fettle.teams.packages;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A version of the manifest's schema.
 *
 * @param minor the number after {@code 1.}; above all numbers for {@code devPreview}
 */
record ManifestVersion(int minor) {

  private static final int PREVIEW = 1_000;
  private static final int NEWEST = 30;

  /** The version that a manifest names, or null for one that there is not. */
  static @Nullable ManifestVersion of(String text) {
    if (text.equals("devPreview")) {
      return new ManifestVersion(PREVIEW);
    }
    if (!text.matches("1\\.(0|[1-9][0-9]?)")) {
      return null;
    }
    int minor = Integer.parseInt(text.substring(2));
    return minor > NEWEST || minor == 18 ? null : new ManifestVersion(minor);
  }

  boolean atLeast(int other) {
    return minor >= other;
  }

  /** True if the version has a part of the schema, by what the part says of itself. */
  boolean has(JsonNode part) {
    if (minor == PREVIEW) {
      return part.path("preview").booleanValue(!part.has("until"));
    }
    return minor >= part.path("since").intValue(0) && minor <= part.path("until").intValue(NEWEST);
  }
}
