package dev.fettle.http;

import dev.fettle.base.Refusal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Texts within paths and queries, percent-encoded once (RFC 3986). */
final class PathText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PathText() {}

  static List<String> segments(String rawPath) {
    List<String> segments = new ArrayList<>();
    int from = rawPath.startsWith("/") ? 1 : 0;
    for (int slash = rawPath.indexOf('/', from); slash >= 0; slash = rawPath.indexOf('/', from)) {
      segments.add(decode(rawPath.substring(from, slash)));
      from = slash + 1;
    }
    if (from < rawPath.length()) {
      segments.add(decode(rawPath.substring(from)));
    }
    return segments;
  }

  static List<Map.Entry<String, String>> parameters(String rawQuery) {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    for (String pair : rawQuery.split("&")) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty()) {
        parameters.add(
            Map.entry(
                decode(equals < 0 ? pair : pair.substring(0, equals)),
                equals < 0 ? "" : decode(pair.substring(equals + 1))));
      }
    }
    return parameters;
  }

  static String decode(String raw) {
    if (raw.indexOf('%') < 0) {
      return raw;
    }
    try {
      String decoded = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
      if (decoded.indexOf('\uFFFD') >= 0 || decoded.indexOf('\0') >= 0) {
        throw Refusal.invalid(
            null, "The URL holds a null character, or bytes that are not valid UTF-8.");
      }
      return decoded;
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid(
          null, "The URL holds a percent sign that is not followed by two hex digits.");
    }
  }

  /** Encodes all but unreserved characters, a colon and an at sign, which a segment may hold. */
  static String encode(String text) {
    // Nearly all texts are plain: ids are, and most names.
    if (text.chars().allMatch(PathText::isPlain)) {
      return text;
    }
    StringBuilder encoded = new StringBuilder(text.length() + 8);
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      int c = octet & 0xff;
      if (isPlain(c)) {
        encoded.append((char) c);
      } else {
        encoded.append('%').append(HEX.toHexDigits(octet));
      }
    }
    return encoded.toString();
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~:@".indexOf(c) >= 0;
  }
}
