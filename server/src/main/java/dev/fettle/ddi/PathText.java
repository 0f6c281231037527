package dev.fettle.ddi;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Text as one segment of a path. */
final class PathText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PathText() {}

  /** Percent-encodes everything but RFC 3986's unreserved characters. */
  static String encode(String text) {
    // Nearly all are: ids are, and most names.
    if (isPlain(text)) {
      return text;
    }
    StringBuilder encoded = new StringBuilder(text.length() + 8);
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (isPlain(c)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX.toHexDigits(octet));
      }
    }
    return encoded.toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~".indexOf(c) >= 0;
  }
}
