package dev.fettle.teams.packages;

import java.util.regex.Pattern;

/**
 * The version of an app: two or three numbers with dots between them. Versions are ordered number
 * by number, missing numbers counting as 0; {@code 1.0} and {@code 1.0.0} are the same version.
 */
public record Version(String text) implements Comparable<Version> {

  private static final Pattern SHAPE = Pattern.compile("[0-9]+(\\.[0-9]+){1,2}");

  public Version {
    if (!isVersion(text)) {
      throw new IllegalArgumentException("not a version: " + text);
    }
  }

  /** True if a text has the shape of a version. */
  public static boolean isVersion(String text) {
    return text.length() <= 256 && SHAPE.matcher(text).matches();
  }

  /**
   * A text whose order, character by character, is the order of the versions: each number without
   * leading zeros, and its length before it. Databases sort by it, whatever the size of the
   * numbers.
   */
  public String key() {
    StringBuilder key = new StringBuilder();
    StringBuilder zeros = new StringBuilder();
    for (String number : text.split("\\.")) {
      String digits = number.replaceFirst("^0+", "");
      zeros.append("%03d%s.".formatted(digits.length(), digits));
      if (!digits.isEmpty()) {
        key.append(zeros);
        zeros.setLength(0);
      }
    }
    return key.toString();
  }

  @Override
  public int compareTo(Version other) {
    return key().compareTo(other.key());
  }
}
