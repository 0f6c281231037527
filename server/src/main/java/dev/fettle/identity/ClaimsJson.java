package dev.fettle.identity;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads {@link Claims} from a token's payload; a claim of another type than its own is absent. */
final class ClaimsJson {

  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final long LATEST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  private ClaimsJson() {}

  static Claims read(JsonNode payload) {
    String appId = first(text(payload, "appid"), text(payload, "azp"), text(payload, "client_id"));
    String sub = text(payload, "sub");
    String preferred = text(payload, "preferred_username");
    boolean appOnly =
        "app".equals(text(payload, "idtyp"))
            || (appId != null
                && (appId.equals(sub) || ("service-account-" + appId).equals(preferred)));
    Set<String> scopes = words(text(payload, "scp"));
    Set<String> roles = texts(payload.path("roles"));
    if (payload.path("scp").isMissingNode() && payload.path("roles").isMissingNode()) {
      // Issuers of the OAuth family without Microsoft's claims.
      scopes = words(text(payload, "scope"));
      roles = texts(payload.path("realm_access").path("roles"));
      if (appOnly) {
        roles = union(roles, scopes);
        scopes = Set.of();
      }
    }
    return new Claims(
        text(payload, "iss"),
        audiences(payload.path("aud")),
        time(payload.path("exp")),
        time(payload.path("nbf")),
        tenant(text(payload, "tid")),
        appId,
        text(payload, "app_displayname"),
        first(text(payload, "oid"), sub),
        first(text(payload, "upn"), preferred, text(payload, "unique_name"), text(payload, "name")),
        scopes,
        roles,
        appOnly);
  }

  static boolean isGuid(String text) {
    return GUID.matcher(text).matches();
  }

  /** A tenant's id as it is compared and stored. */
  static @Nullable String tenant(@Nullable String tid) {
    return tid != null && isGuid(tid) ? tid.toLowerCase(Locale.ROOT) : tid;
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
    for (JsonNode one : array) {
      if (one.isString()) {
        texts.add(one.stringValue());
      }
    }
    return texts;
  }

  private static Set<String> words(@Nullable String text) {
    return text == null ? Set.of() : new LinkedHashSet<>(List.of(text.strip().split("\\s+")));
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> both = new LinkedHashSet<>(one);
    both.addAll(other);
    return both;
  }

  private static @Nullable Instant time(JsonNode value) {
    if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() > LATEST) {
      return null;
    }
    return Instant.ofEpochSecond(value.asLong());
  }
}
