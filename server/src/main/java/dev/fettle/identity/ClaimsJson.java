package dev.fettle.identity;

import dev.fettle.base.Guids;
import dev.fettle.base.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads {@link Claims} from a token's payload; a claim of another type than its own is absent, but
 * for the one that says whose token it is.
 */
final class ClaimsJson {

  private static final long LATEST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  private ClaimsJson() {}

  static Claims read(JsonNode payload) {
    String appId =
        first(
            text(payload, "appid"),
            text(payload, "azp"),
            text(payload, "client_id"),
            text(payload, "cid"));
    String sub = text(payload, "sub");
    String preferred = text(payload, "preferred_username");
    Set<String> scopes = scopes(payload.path(payload.has("scp") ? "scp" : "scope"));
    Set<String> roles =
        union(texts(payload.path("roles")), texts(payload.path("realm_access").path("roles")));
    boolean ofApp = isOfApp(appId, sub, preferred);
    Caller.Kind kind = kind(payload, ofApp);
    Set<String> permissions =
        switch (kind) {
          case DELEGATED -> scopes;
          // Issuers other than Microsoft's give scopes to apps as well.
          case APPLICATION -> ofApp ? union(roles, scopes) : roles;
        };
    return new Claims(
        text(payload, "iss"),
        audiences(payload.path("aud")),
        time(payload.path("exp")),
        payload.has("nbf") ? beginning(payload.path("nbf")) : null,
        tenant(text(payload, "tid")),
        appId,
        text(payload, "app_displayname"),
        first(text(payload, "oid"), sub),
        first(text(payload, "upn"), preferred, text(payload, "unique_name"), text(payload, "name")),
        kind,
        permissions);
  }

  /** True if the token's subject is the app itself, as issuers other than Microsoft's say it. */
  private static boolean isOfApp(
      @Nullable String appId, @Nullable String sub, @Nullable String preferred) {
    return appId != null
        && (appId.equals(sub)
            || (appId + "@clients").equals(sub)
            || ("service-account-" + appId).equals(preferred));
  }

  /**
   * The kind of the token's owner: {@code idtyp}, if the other claims do not say the opposite.
   * Without it a token with scopes is a user's, even with none in the list, unless it is an app's
   * own: a user's roles must never count as an app's.
   *
   * @throws Refusal if the claims contradict each other
   */
  private static Caller.Kind kind(JsonNode payload, boolean ofApp) {
    if (!payload.has("idtyp")) {
      boolean scoped = payload.has("scp") || payload.has("scope");
      return scoped && !ofApp ? Caller.Kind.DELEGATED : Caller.Kind.APPLICATION;
    }
    return switch (payload.path("idtyp").asString("")) {
      case "app" -> {
        if (payload.has("scp")) {
          throw contradiction("'idtyp' says that it is an app's, and 'scp' that it is a user's.");
        }
        yield Caller.Kind.APPLICATION;
      }
      case "user" -> {
        if (ofApp) {
          throw contradiction(
              "'idtyp' says that it is a user's, and its subject is the app itself.");
        }
        yield Caller.Kind.DELEGATED;
      }
      default -> throw contradiction("'idtyp' must be 'app' or 'user'.");
    };
  }

  private static Refusal contradiction(String which) {
    return TokenRules.refuse(
        "Access token validation failure. It cannot be told whose token it is: " + which);
  }

  /** A tenant's id as it is compared and stored. */
  static @Nullable String tenant(@Nullable String tid) {
    return tid == null ? null : Guids.canonical(tid);
  }

  private static @Nullable String text(JsonNode payload, String name) {
    JsonNode value = payload.path(name);
    return value.isString() && !value.stringValue().isBlank() ? value.stringValue() : null;
  }

  private static @Nullable String first(@Nullable String... candidates) {
    for (String candidate : candidates) {
      if (candidate != null) {
        return candidate;
      }
    }
    return null;
  }

  private static List<String> audiences(JsonNode aud) {
    return aud.isString() ? List.of(aud.stringValue()) : new ArrayList<>(texts(aud));
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new LinkedHashSet<>();
    for (JsonNode one : array.isArray() ? array : MissingNode.getInstance()) {
      if (one.isString()) {
        texts.add(one.stringValue());
      }
    }
    return texts;
  }

  /** A list with blanks between, or an array. */
  private static Set<String> scopes(JsonNode value) {
    if (value.isArray()) {
      return texts(value);
    }
    return value.isString() && !value.stringValue().isBlank()
        ? new LinkedHashSet<>(List.of(value.stringValue().strip().split("\\s+")))
        : Set.of();
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> both = new LinkedHashSet<>(one);
    both.addAll(other);
    return both;
  }

  /** A token that says when it begins, and not legibly, has not begun. */
  private static Instant beginning(JsonNode value) {
    Instant time = time(value);
    return time == null ? Instant.MAX : time;
  }

  private static @Nullable Instant time(JsonNode value) {
    if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() > LATEST) {
      return null;
    }
    return Instant.ofEpochSecond(value.asLong());
  }
}
