package dev.fettle.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version number, compared component by component: numbers as numbers of any length, missing
 * components as zero, and words (as in {@code 2.0-beta}) before the number that they qualify. Two
 * numbers that compare as equal are equal, however they are written: {@code 1.0} and {@code
 * 1.00.0}.
 */
public final class SoftwareVersion implements Comparable<SoftwareVersion> {

  /** The longest text that is taken for a version. */
  public static final int MAX_LENGTH = 64;

  /** A run of digits, in a group without leading zeros, or of letters; all else separates. */
  private static final Pattern COMPONENT = Pattern.compile("0*([0-9]+)|[^\\x00- .+_~0-9-]+");

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
   * Answers if a text can be a version that an administrator gives: letters, digits and separators,
   * beginning with a letter or digit.
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

  /** Answers if this version is newer than the other. */
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
    Matcher found = COMPONENT.matcher(text.toLowerCase(Locale.ROOT));
    while (found.find()) {
      String digits = found.group(1);
      if (digits == null) {
        dropTrailingZeros(components);
        components.add(WORD + found.group() + ' ');
      } else {
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
}
