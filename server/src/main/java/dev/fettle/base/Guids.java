package dev.fettle.base;

import java.util.Locale;
import java.util.UUID;

/** Identifiers that are GUIDs: equal in any letter case, in lower case in their canonical form. */
public final class Guids {

  private static final int LENGTH = 36;

  private Guids() {}

  /** True if a text is a GUID, in any letter case. */
  public static boolean matches(String text) {
    try {
      // Shorter groups are read too, and printed whole.
      return text.length() == LENGTH && UUID.fromString(text).toString().equalsIgnoreCase(text);
    } catch (IllegalArgumentException e) {
      return false; // the answer of this method to a text of another form
    }
  }

  /** A GUID in the form that is stored; any other text as it is. */
  public static String canonical(String text) {
    return matches(text) ? text.toLowerCase(Locale.ROOT) : text;
  }
}
