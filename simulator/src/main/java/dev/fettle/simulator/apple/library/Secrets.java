package dev.fettle.simulator.apple.library;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Texts that look random and are derived, so that a restarted stand-in still knows the content
 * tokens that it gave out before.
 */
public final class Secrets {
  private Secrets() {}

  /** The text that always comes of this one. */
  public static String derive(String from) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(from.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every Java", e);
    }
  }
}
