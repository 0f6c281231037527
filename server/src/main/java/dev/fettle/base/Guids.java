package dev.fettle.base;

import java.util.Locale;
import java.util.regex.Pattern;

/** Identifiers that are GUIDs: the same in any letter case, kept in lower case. */
public final class Guids {

  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");

  private Guids() {}

  /** A GUID as it is kept; any other text as it is. */
  public static String kept(String text) {
    return text.length() == 36 && GUID.matcher(text).matches()
        ? text.toLowerCase(Locale.ROOT)
        : text;
  }
}
