package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.AppleRefusal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came in.
 *
 * @param base scheme and authority that the client used, which the URLs of answers repeat
 */
public record Question(
    String method,
    String path,
    Map<String, String> query,
    @Nullable String rawQuery,
    @Nullable String authorization,
    @Nullable String contentType,
    String base,
    String body) {

  /** The parameters of a raw query; the last of several with one name holds. */
  public static Map<String, String> query(@Nullable String raw) {
    Map<String, String> values = new LinkedHashMap<>();
    if (raw == null || raw.isEmpty()) {
      return values;
    }
    for (String pair : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      values.put(decode(name), decode(value));
    }
    return values;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
  }

  /** The bearer of the Authorization header; 9722 if there is none in the right form. */
  public String bearer() {
    String header = authorization;
    if (header == null
        || !header.regionMatches(true, 0, "Bearer ", 0, 7)
        || header.substring(7).isBlank()) {
      throw new AppleRefusal(AppleError.INVALID_AUTHORIZATION_HEADER);
    }
    return header.substring(7).strip();
  }

  @Nullable String text(String name) {
    return query.get(name);
  }

  @Nullable Boolean flag(String name) {
    String value = query.get(name);
    if (value == null) {
      return null;
    }
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    };
  }

  @Nullable Integer number(String name) {
    String value = query.get(name);
    if (value == null) {
      return null;
    }
    try {
      return Integer.valueOf(value);
    } catch (NumberFormatException e) {
      throw new AppleRefusal(AppleError.INVALID_ARGUMENT);
    }
  }

  /** The page asked for, the first if none is named. */
  public int pageIndex() {
    Integer index = number("pageIndex");
    return index == null ? 0 : index;
  }
}
