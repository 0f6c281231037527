package dev.fettle.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A version number, compared component by component: numbers as numbers of any length, missing
 * components as zero, and words (as in {@code 2.0-beta}) before the number that they qualify. Two
 * numbers that compare as equal are equal, however they are written: {@code 1.0} and {@code
 * 1.00.0}.
 */
public final class SoftwareVersion implements Comparable<SoftwareVersion> {

  /** The longest text that is taken for a version. */
  public static final int MAX_LENGTH = 64;

  private static final char WORD = '3';
  private static final char END = '4';
  private static final char NUMBER = '5';

  private final String text;
  private final String key;

  private SoftwareVersion(String text) {
    this.text = text;
    this.key = keyOf(text);
  }

  /** Reads any text as a version. */
  public static SoftwareVersion of(String text) {
    return new SoftwareVersion(text);
  }

  /**
   * Whether the text is fit for a version that an administrator gives: letters, digits and
   * separators, beginning with a letter or digit.
   */
  public static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && text.matches("[0-9A-Za-z][0-9A-Za-z.+_~-]*");
  }

  /** The version as it was written. */
  public String text() {
    return text;
  }

  /** Text whose order by code points is the order of versions; equal for equal versions. */
  public String key() {
    return key;
  }

  /** Whether this version is newer than the other. */
  public boolean isNewerThan(SoftwareVersion other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(SoftwareVersion other) {
    return key.compareTo(other.key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SoftwareVersion version && version.key.equals(key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  private static String keyOf(String text) {
    List<String> components = new ArrayList<>();
    for (String component : components(text.toLowerCase(Locale.ROOT))) {
      boolean number = isDigit(component.charAt(0));
      if (!number) {
        dropTrailingZeros(components);
        components.add(WORD + component + ' ');
      } else {
        String digits = component.replaceFirst("^0+(?=.)", "");
        components.add(NUMBER + String.format(Locale.ROOT, "%03d", digits.length()) + digits);
      }
    }
    dropTrailingZeros(components);
    return String.join("", components) + END;
  }

  private static void dropTrailingZeros(List<String> components) {
    while (!components.isEmpty() && components.getLast().equals(NUMBER + "0010")) {
      components.removeLast();
    }
  }

  /** Runs of digits and runs of letters; whatever else stands between them separates. */
  private static List<String> components(String text) {
    List<String> components = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      char first = text.charAt(start);
      int end = start + 1;
      if (isDigit(first) || isLetter(first)) {
        while (end < text.length()
            && (isDigit(first) ? isDigit(text.charAt(end)) : isLetter(text.charAt(end)))) {
          end++;
        }
        components.add(text.substring(start, end));
      }
      start = end;
    }
    return components;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return c > ' ' && ".+_~-".indexOf(c) < 0 && !isDigit(c);
  }
}
