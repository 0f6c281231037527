package dev.fettle.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The word of a trusted reverse proxy about the request that it passes on: the scheme and the host
 * that its client used, and the client's address. Nobody else is believed: what a proxy appended
 * stands last in {@code X-Forwarded-For}, and before it stands what its client made up.
 */
final class Forwarded {

  private static final Pattern AUTHORITY =
      Pattern.compile("(?:[A-Za-z0-9._~-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");

  private Forwarded() {}

  /** The scheme that the client used. */
  static String scheme(Headers headers, String own) {
    String named = first(headers, "X-Forwarded-Proto");
    String lower = named == null ? "" : named.toLowerCase(Locale.ROOT);
    return lower.equals("https") || lower.equals("http") ? lower : own;
  }

  /** The host that the client used, with its port if it named one. */
  static String authority(Headers headers, String own) {
    String named = first(headers, "X-Forwarded-Host");
    return named != null && isAuthority(named) ? named : own;
  }

  /**
   * The client's address: the last that is no trusted proxy's own. Never that of the proxy if there
   * is a word of a client.
   */
  static String client(Headers headers, Networks proxies, String own) {
    List<String> lines = headers.all("X-Forwarded-For");
    if (lines.isEmpty()) {
      return own;
    }
    String[] hops = String.join(",", lines).split(",", -1);
    String client = "unknown";
    for (int i = hops.length - 1; i >= 0; i--) {
      InetAddress hop = address(hops[i].strip());
      if (hop == null) {
        return "unknown";
      }
      client = hops[i].strip();
      if (!proxies.contains(hop)) {
        return client;
      }
    }
    return client;
  }

  private static @Nullable InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      // A name, or a hidden one, which a proxy may write as well (RFC 7239 section 6).
      return null;
    }
  }

  /** True if a text can stand between {@code https://} and the path of a link. */
  static boolean isAuthority(String text) {
    return AUTHORITY.matcher(text).matches();
  }

  /** The first of the values that proxies before the last one may have put there too. */
  private static @Nullable String first(Headers headers, String name) {
    String line = headers.first(name);
    return line == null ? null : line.split(",", 2)[0].strip();
  }
}
