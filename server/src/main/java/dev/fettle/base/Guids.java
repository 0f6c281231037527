package dev.fettle.base;

import java.util.Locale;
import java.util.UUID;

/** Identifiers that are GUIDs: the same in any letter case, kept in lower case. */
public final class Guids {

  private static final int LENGTH = 36;

  private Guids() {}

  /** Whether a text is one, in any letter case. */
  public static boolean matches(String text) {
    try {
      // Shorter groups are read too, and printed whole.
      return text.length() == LENGTH && UUID.fromString(text).toString().equalsIgnoreCase(text);
    } catch (IllegalArgumentException e) {
      return false; // the answer of this method to a text of another form
    }
  }

  /** A GUID as it is kept; any other text as it is. */
  public static String canonical(String text) {
    return matches(text) ? text.toLowerCase(Locale.ROOT) : text;
  }
}
