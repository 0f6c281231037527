package dev.fettle.graph.query;

import dev.fettle.base.Refusal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A raw query taken apart: names and values, percent-decoded exactly once, {@code +} as blank. */
final class QueryString {

  /** The longest raw query that is read. */
  static final int MAX_LENGTH = 32_768;

  private static final String KEPT = "-._~!$'()*,;:@/";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /** One parameter, decoded. */
  record Parameter(String name, String value) {}

  private QueryString() {}

  /**
   * The parameters of a raw query in their order; none for null.
   *
   * @throws Refusal if the query is too long or not encoded as it has to be
   */
  static List<Parameter> parse(@Nullable String raw) {
    if (raw == null || raw.isEmpty()) {
      return List.of();
    }
    if (raw.length() > MAX_LENGTH) {
      throw Refusal.invalid(null, "The query is longer than " + MAX_LENGTH + " characters.");
    }
    List<Parameter> parameters = new ArrayList<>();
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      if (end < 0) {
        end = raw.length();
      }
      if (end > start) {
        int equals = raw.indexOf('=', start);
        if (equals < 0 || equals > end) {
          parameters.add(new Parameter(decode(raw.substring(start, end)), ""));
        } else {
          parameters.add(
              new Parameter(
                  decode(raw.substring(start, equals)), decode(raw.substring(equals + 1, end))));
        }
      }
      start = end + 1;
    }
    return List.copyOf(parameters);
  }

  static String decode(String raw) {
    boolean plain = true;
    for (int i = 0; i < raw.length() && plain; i++) {
      char c = raw.charAt(i);
      plain = c != '%' && c != '+' && c < 0x80 && c != 0;
    }
    if (plain) {
      return raw;
    }
    ByteBuffer bytes;
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(raw));
      bytes = ByteBuffer.allocate(encoded.remaining());
      while (encoded.hasRemaining()) {
        byte b = encoded.get();
        if (b == '+') {
          bytes.put((byte) ' ');
        } else if (b != '%') {
          bytes.put(b);
        } else {
          int high = encoded.hasRemaining() ? Character.digit(encoded.get(), 16) : -1;
          int low = encoded.hasRemaining() ? Character.digit(encoded.get(), 16) : -1;
          if (high < 0 || low < 0) {
            throw Refusal.invalid(null, "The query holds a percent sign without two digits.");
          }
          bytes.put((byte) ((high << 4) | low));
        }
      }
      bytes.flip();
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(bytes)
              .toString();
      if (text.indexOf('\0') >= 0) {
        throw Refusal.invalid(null, "The query holds a NUL character.");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw Refusal.invalid(null, "The query is not valid UTF-8.");
    }
  }

  /** Percent-encodes a decoded name or value for a query, blank as {@code %20}. */
  static String encode(String text) {
    return encode(text, KEPT);
  }

  /** Percent-encodes a key as it stands between quotes in a context URL. */
  static String encodeKey(String key) {
    return encode(key.replace("'", "''"), "-._~'");
  }

  /** Encodes what may not stand in a path and leaves what is encoded already. */
  static String encodePath(String path) {
    return encode(path, KEPT + "%=+&");
  }

  private static String encode(String text, String kept) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      int c = octet & 0xff;
      if (isLetterOrDigit(c) || kept.indexOf(c) >= 0) {
        out.append((char) c);
      } else {
        out.append('%').append(HEX.toHexDigits(octet));
      }
    }
    return out.toString();
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
