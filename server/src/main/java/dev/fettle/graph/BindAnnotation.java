package dev.fettle.graph;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.base.Texts;
import dev.fettle.http.Request;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The annotation {@code …@odata.bind}, by which a body refers to an entity that is there. Its value
 * is the entity's URL in any of the forms that clients write: absolute, of whatever host and
 * version, or relative, with the key as a segment or in parentheses. Names are found in any letter
 * case, as all names of a body are.
 *
 * <p>Public documents: "Add app to chat", "Add member to a chat".
 */
public final class BindAnnotation {

  private static final String ANNOTATION = "@odata.bind";

  private BindAnnotation() {}

  /**
   * The key of the entity that a body binds to a property, as it is kept; nothing if it binds none.
   *
   * @param property such as {@code teamsApp}
   * @param set the path of the entity set, such as {@code appCatalogs/teamsApps}
   * @throws Refusal with {@link Reason.Invalid} if the value is not the URL of such an entity
   */
  public static Optional<String> key(ObjectNode body, String property, String set) {
    String name = property + ANNOTATION;
    JsonNode value = null;
    for (String given : body.propertyNames()) {
      if (given.equalsIgnoreCase(name)) {
        if (value != null) {
          throw Refusal.invalid(name, "The annotation '%s' is given twice.".formatted(name));
        }
        value = body.get(given);
      }
    }
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    String key = value.isString() ? key(value.stringValue(), set) : null;
    if (key == null || !Texts.isStorable(key)) {
      throw Refusal.invalid(
          name,
          "The value of '%s' is not the URL of one of %s; it has the form …/%s/{id}."
              .formatted(name, set, set));
    }
    return Optional.of(Guids.canonical(key));
  }

  private static @Nullable String key(String url, String set) {
    String plain = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    if (plain.indexOf('?') >= 0 || plain.indexOf('#') >= 0) {
      return null;
    }
    int slash = plain.lastIndexOf('/');
    int open = plain.indexOf('(', slash + 1);
    String key;
    if (open > 0 && plain.endsWith(")") && isSet(plain.substring(0, open), set)) {
      key = unquoted(plain.substring(open + 1, plain.length() - 1));
    } else if (slash > 0 && isSet(plain.substring(0, slash), set)) {
      key = plain.substring(slash + 1);
    } else {
      return null;
    }
    return key == null || key.isEmpty() ? null : Request.decode(key);
  }

  private static boolean isSet(String path, String set) {
    int from = path.length() - set.length();
    return from >= 0
        && path.regionMatches(true, from, set, 0, set.length())
        && (from == 0 || path.charAt(from - 1) == '/');
  }

  /** Takes quotes off; a doubled quote inside stands for one, and a single one is a mistake. */
  private static @Nullable String unquoted(String key) {
    if (key.length() < 2 || !key.startsWith("'") || !key.endsWith("'")) {
      return key.indexOf('\'') < 0 ? key : null;
    }
    String inner = key.substring(1, key.length() - 1);
    return inner.replace("''", "").indexOf('\'') < 0 ? inner.replace("''", "'") : null;
  }
}
