package dev.fettle.http;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request as it came over the wire: nothing is decoded yet.
 *
 * @param method upper-case method name
 * @param rawPath path with its percent-encodings, beginning with a slash
 * @param rawQuery query with its percent-encodings, without the question mark; empty if none
 * @param scheme {@code http} or {@code https}, as the client used it
 * @param authority the host that the client used, with its port
 * @param peer who sent it
 * @param body the body's bytes, which can be read once
 */
public record Request(
    String method,
    String rawPath,
    String rawQuery,
    Headers headers,
    String scheme,
    String authority,
    Peer peer,
    RequestBody body) {

  /** The client's IP address, without port; {@code unknown} if a proxy does not say it. */
  public String remoteAddress() {
    return peer.address();
  }

  /** First value of a header, or null. */
  public @Nullable String header(String name) {
    return headers.first(name);
  }

  /** The segments of the path, each percent-decoded once; a trailing slash adds none. */
  public List<String> segments() {
    List<String> segments = new ArrayList<>();
    for (String raw : rawPath.split("/", -1)) {
      segments.add(decode(raw));
    }
    segments.removeFirst();
    if (!segments.isEmpty() && segments.getLast().isEmpty()) {
      segments.removeLast();
    }
    return segments;
  }

  /**
   * The whole body, held in memory until the request is answered.
   *
   * @throws Refusal with {@link Reason.TooLarge} past {@code limit} bytes, with {@link
   *     Reason.Unavailable} if the bodies of all requests have no room for it
   */
  public byte[] body(int limit) {
    return body.all(limit, header("Content-Length"));
  }

  /** The scheme and authority under which the caller reached the server, without a final slash. */
  public String origin() {
    return scheme + "://" + authority;
  }

  /** The same request for another path, query, method and body; used for the parts of a batch. */
  public Request part(
      String partMethod, String path, String query, Headers partHeaders, byte[] bytes) {
    return new Request(
        partMethod, path, query, partHeaders, scheme, authority, peer, RequestBody.of(bytes));
  }

  /**
   * Decodes percent-encodings once; a plus sign stays a plus sign.
   *
   * @throws Refusal with {@link Reason.Invalid} for a broken encoding
   */
  public static String decode(String raw) {
    if (raw.indexOf('%') < 0) {
      return raw;
    }
    try {
      String decoded = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
      if (decoded.indexOf('\uFFFD') >= 0 || decoded.indexOf('\0') >= 0) {
        throw new Refusal(
            Reason.invalid(
                null, "The URL holds a null character, or bytes that are not valid UTF-8."));
      }
      return decoded;
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Reason.invalid(
              null, "The URL holds a percent sign that is not followed by two hex digits."));
    }
  }

  /** Percent-encodes a text so that it can stand as one segment of a path. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%3A", ":")
        .replace("%40", "@");
  }
}
