package dev.fettle.base;

import java.util.Locale;
import java.util.regex.Pattern;

/** Identifiers that are GUIDs: the same in any letter case, kept in lower case. */
public final class Guids {

  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");

  private static final int LENGTH = 36;

  private Guids() {}

  /** Whether a text is one, in any letter case. */
  public static boolean matches(String text) {
    return text.length() == LENGTH && GUID.matcher(text).matches();
  }

  /** A GUID as it is kept; any other text as it is. */
  public static String kept(String text) {
    return matches(text) ? text.toLowerCase(Locale.ROOT) : text;
  }
}
