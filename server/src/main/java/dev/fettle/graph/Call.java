package dev.fettle.graph;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.query.Preferences;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Request;
import dev.fettle.identity.Caller;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One call of an operation: everything about it that has been checked already.
 *
 * @param path the URL's path below the version root as the caller wrote it, percent-encodings
 *     included
 * @param keys the keys of the template with their decoded values
 * @param content the validated body, or null if none was sent
 * @param permissions the caller's permissions that open this operation, resource-specific ones
 *     included
 * @param requestId the identifier in the answer's {@code request-id} and in the log
 */
public record Call(
    GraphVersion version,
    Caller caller,
    String path,
    Map<String, String> keys,
    Request request,
    @Nullable ObjectNode content,
    Set<String> permissions,
    String requestId) {

  /** The decoded value of a key of the template. */
  public String key(String name) {
    String value = keys.get(name);
    if (value == null) {
      throw new IllegalArgumentException("The template has no key " + name);
    }
    return value;
  }

  /** The decoded value of a key, as it is kept if it is a GUID: those come in any letter case. */
  public String id(String name) {
    return Guids.canonical(key(name));
  }

  /**
   * The validated body.
   *
   * @throws Refusal with {@link Reason.Invalid} if the request had none
   */
  public ObjectNode body() {
    ObjectNode body = content;
    if (body == null) {
      throw Refusal.invalid(null, "Empty Payload. JSON content expected.");
    }
    return body;
  }

  /**
   * The absolute URL of the version root under which the caller reached the server, no final slash.
   */
  public String root() {
    return request.origin() + version.root();
  }

  /**
   * The value of a preference in the {@code Prefer} headers, in lower case; null if not asked for.
   */
  public @Nullable String preferred(String preference) {
    return Preferences.all(request.headers().all("Prefer")).get(preference);
  }
}
