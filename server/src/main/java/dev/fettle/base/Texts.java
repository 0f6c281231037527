package dev.fettle.base;

/**
 * Text as it can be stored and sent: half a surrogate pair is no character, and NUL is not kept.
 */
public final class Texts {

  private Texts() {}

  /**
   * True if the database keeps a text as it is: it stores neither NUL nor half a surrogate pair.
   */
  public static boolean isStorable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == 0 || isHalf(text, i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A text that any client can read: half a surrogate pair, which an answer repeats or which a cut
   * left over, becomes the replacement character.
   */
  public static String wellFormed(String text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i++) {
      if (isHalf(text, i)) {
        if (repaired == null) {
          repaired = new StringBuilder(text);
        }
        repaired.setCharAt(i, '\uFFFD');
      }
    }
    return repaired == null ? text : repaired.toString();
  }

  private static boolean isHalf(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}
