package dev.fettle.http;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.util.List;
import java.util.Map;
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

  /**
   * The segments of the path, each percent-decoded once; a trailing slash adds none.
   *
   * @throws Refusal with {@link Reason.Invalid} for a broken encoding
   */
  public List<String> segments() {
    return segments(rawPath);
  }

  /** The segments of any path, as {@link #segments()} takes them apart. */
  public static List<String> segments(String rawPath) {
    return PathText.segments(rawPath);
  }

  /**
   * The parameters of the query in their order, each percent-decoded once; one without a value has
   * an empty one.
   *
   * @throws Refusal with {@link Reason.Invalid} for a broken encoding
   */
  public List<Map.Entry<String, String>> parameters() {
    return PathText.parameters(rawQuery);
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
    return PathText.decode(raw);
  }

  /** Percent-encodes a text so that it can stand as one segment of a path. */
  public static String encode(String text) {
    return PathText.encode(text);
  }
}
