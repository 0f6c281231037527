package dev.fettle.identity;

import dev.fettle.base.Guids;
import dev.fettle.base.Refusal;
import dev.fettle.http.Request;
import dev.fettle.json.Json;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /fettle/dev/tokens}: a token for an app or a user, good or faulty as asked. In
 * development mode only.
 */
final class DevTokens {

  private static final int LARGEST = 65_536;
  private static final int LONGEST_TEXT = 256;
  private static final long LONGEST_LIFE = Duration.ofDays(1).toSeconds();
  private static final long USUAL_LIFE = Duration.ofHours(1).toSeconds();
  private static final String USUAL_APP = "00000000-fe77-4000-8000-000000000001";
  private static final String USUAL_APP_NAME = "Fettle development";
  private static final List<String> MEMBERS =
      List.of("tenant", "app", "appName", "user", "permissions", "audience", "expiresIn", "faults");

  private final BuiltInIssuer issuer;
  private final TokenForge forge;
  private final Tenants tenants;
  private final UserLookup users;
  private final Supplier<KnownPermissions> known;

  DevTokens(
      BuiltInIssuer issuer,
      TokenForge forge,
      Tenants tenants,
      UserLookup users,
      Supplier<KnownPermissions> known) {
    this.issuer = issuer;
    this.forge = forge;
    this.tenants = tenants;
    this.users = users;
    this.known = known;
  }

  /**
   * Makes the token that the body describes; an empty body describes an app with all permissions.
   */
  ObjectNode answer(Request request) {
    byte[] body = request.body(LARGEST);
    JsonNode wish = body.length == 0 ? Json.object() : Json.readBody(body);
    if (!wish.isObject()) {
      throw wrong(null, "The body must be a JSON object.");
    }
    for (String member : wish.propertyNames()) {
      if (!MEMBERS.contains(member)) {
        throw wrong(
            member,
            "'%s' is not known here. Known are %s."
                .formatted(printable(member), String.join(", ", MEMBERS)));
      }
    }
    Tenant tenant = tenant(text(wish, "tenant"));
    String userText = text(wish, "user");
    UserLookup.User user = userText == null ? null : user(tenant, userText);
    Set<String> given = texts(wish, "permissions");
    Set<String> permissions = given == null ? all(user) : given;
    Set<String> faultNames = texts(wish, "faults");
    Set<TokenFault> faults = faults(faultNames == null ? Set.of() : faultNames);
    Duration lifetime = lifetime(wish.path("expiresIn"));
    String app = text(wish, "app");
    String appName = text(wish, "appName");
    String audience = text(wish, "audience");
    TokenGrant grant =
        new TokenGrant(
            tenant.tenantId(),
            app == null ? USUAL_APP : app,
            appName == null && app == null ? USUAL_APP_NAME : appName,
            user,
            permissions,
            audience == null ? "https://graph.microsoft.com" : audience,
            lifetime);
    IssuedToken token =
        faults.isEmpty()
            ? issuer.issue(grant, request.origin())
            : forge.issue(grant, request.origin(), faults);
    ObjectNode answer =
        Json.object()
            .put("token_type", "Bearer")
            .put("expires_in", lifetime.toSeconds())
            .put("ext_expires_in", lifetime.toSeconds())
            .put("access_token", token.accessToken())
            .put("tenant", grant.tenantId())
            .put("app", grant.appId());
    if (user != null) {
      answer.put("user", user.id());
    }
    ArrayNode list = answer.putArray("permissions");
    new TreeSet<>(permissions).forEach(list::add);
    return answer;
  }

  private Tenant tenant(@Nullable String name) {
    if (name == null) {
      return tenants
          .findByDdiNameOrId("DEFAULT")
          .orElseThrow(
              () -> wrong("tenant", "Name a tenant by its id: this server has no seeded one."));
    }
    return tenants
        .findByDdiNameOrId(name)
        .or(() -> tenants.admit(name))
        .orElseThrow(
            () ->
                wrong(
                    "tenant",
                    "There is no tenant of this name. A new tenant comes into being if it is"
                        + " named by a GUID."));
  }

  /** A user of the directory, or one who is in no directory and always gets the same id. */
  private UserLookup.User user(Tenant tenant, String name) {
    return users
        .find(tenant.tenantId(), name)
        .orElseGet(
            () ->
                Guids.matches(name)
                    ? new UserLookup.User(Tenants.canonical(name), name)
                    : new UserLookup.User(BuiltInIssuer.principal(tenant.tenantId(), name), name));
  }

  private Set<String> all(UserLookup.@Nullable User user) {
    return user == null ? known.get().application() : known.get().delegated();
  }

  private static Set<TokenFault> faults(Set<String> names) {
    Set<TokenFault> faults = EnumSet.noneOf(TokenFault.class);
    for (String name : names) {
      faults.add(
          TokenFault.of(name)
              .orElseThrow(
                  () ->
                      wrong(
                          "faults",
                          "'%s' is not a fault. Known are %s."
                              .formatted(
                                  printable(name),
                                  String.join(
                                      ", ",
                                      Arrays.stream(TokenFault.values())
                                          .map(TokenFault::wireName)
                                          .toList())))));
    }
    return faults;
  }

  private static Duration lifetime(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return Duration.ofSeconds(USUAL_LIFE);
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < 1
        || value.longValue() > LONGEST_LIFE) {
      throw wrong(
          "expiresIn", "'expiresIn' is a number of seconds from 1 to " + LONGEST_LIFE + ".");
    }
    return Duration.ofSeconds(value.longValue());
  }

  private static @Nullable String text(JsonNode wish, String member) {
    JsonNode value = wish.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isString()
        || value.stringValue().isBlank()
        || value.stringValue().length() > LONGEST_TEXT) {
      throw wrong(member, "'" + member + "' is a text of 1 to " + LONGEST_TEXT + " characters.");
    }
    return value.stringValue().strip();
  }

  /** Texts of an array, or of one text; null if the member is missing. */
  private static @Nullable Set<String> texts(JsonNode wish, String member) {
    JsonNode value = wish.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    Set<String> texts = new LinkedHashSet<>();
    for (JsonNode one : value.isString() ? List.of(value) : value) {
      if (!one.isString() || one.stringValue().isBlank() || one.stringValue().contains(" ")) {
        throw wrong(member, "'" + member + "' is an array of texts without blanks.");
      }
      texts.add(one.stringValue());
    }
    if (!value.isArray() && !value.isString()) {
      throw wrong(member, "'" + member + "' is an array of texts without blanks.");
    }
    return texts;
  }

  private static String printable(String text) {
    return (text.length() > 100 ? text.substring(0, 100) : text).replaceAll("\\p{Cntrl}", "?");
  }

  private static Refusal wrong(@Nullable String target, String message) {
    return Refusal.invalid(target, message);
  }
}
