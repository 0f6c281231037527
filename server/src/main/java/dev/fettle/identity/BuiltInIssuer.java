package dev.fettle.identity;

import dev.fettle.base.Ids;
import dev.fettle.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * This server as an issuer of access tokens, with the claims that Entra's have. Safe for concurrent
 * use.
 *
 * <p>Its name for a tenant is {@code <root>/<tenant>/v2.0}. Without a public URL in the settings
 * the root is the address under which the client reached the server: a development server has
 * several (two ports, two names of the same host), and the discovery document must name the one
 * that was asked. A token is known as this server's by its signature, so the root is then not
 * compared.
 */
public final class BuiltInIssuer implements OwnIssuer {

  private final SigningKeys keys;
  private final @Nullable String publicUrl;
  private final InstantSource clock;
  private final Ids ids;

  /**
   * An issuer that signs with these keys.
   *
   * @param publicUrl where clients reach the server, or null if that differs
   */
  public BuiltInIssuer(SigningKeys keys, @Nullable String publicUrl, InstantSource clock, Ids ids) {
    this.keys = keys;
    this.publicUrl = publicUrl == null ? null : Audiences.plain(publicUrl);
    this.clock = clock;
    this.ids = ids;
  }

  SigningKeys keys() {
    return keys;
  }

  @Override
  public String root(String origin) {
    return publicUrl == null ? origin : publicUrl;
  }

  /** The value of the {@code iss} claim. */
  String issuer(String origin, String tenantId) {
    return root(origin) + "/" + tenantId + "/v2.0";
  }

  @Override
  public List<VerificationKey> keys(@Nullable String kid) {
    return keys.named(kid);
  }

  @Override
  public boolean isIssuer(String iss, @Nullable String tid) {
    if (tid == null) {
      return false;
    }
    return publicUrl == null
        ? iss.endsWith("/" + tid + "/v2.0")
        : iss.equals(issuer(publicUrl, tid));
  }

  /** Makes an access token. */
  public IssuedToken issue(TokenGrant grant, String origin) {
    return new IssuedToken(keys.sign(claims(grant, origin)), grant.lifetime());
  }

  /** The claims of a token that begins now. */
  ObjectNode claims(TokenGrant grant, String origin) {
    Instant now = clock.instant();
    ObjectNode claims =
        Json.object()
            .put("aud", grant.audience())
            .put("iss", issuer(origin, grant.tenantId()))
            .put("iat", now.getEpochSecond())
            .put("nbf", now.getEpochSecond())
            .put("exp", now.plus(grant.lifetime()).getEpochSecond())
            .put("app_displayname", grant.appName() == null ? grant.appId() : grant.appName())
            .put("appid", grant.appId())
            .put("appidacr", "1")
            .put("azp", grant.appId())
            .put("tid", grant.tenantId())
            .put("uti", ids.hex(16))
            .put("ver", "2.0");
    UserLookup.User user = grant.user();
    if (user == null) {
      String principal = principal(grant.tenantId(), grant.appId());
      ArrayNode roles = claims.putArray("roles");
      new TreeSet<>(grant.permissions()).forEach(roles::add);
      return claims.put("idtyp", "app").put("oid", principal).put("sub", principal);
    }
    return claims
        .put("idtyp", "user")
        .put("oid", user.id())
        .put("sub", user.id())
        .put("upn", user.userPrincipalName())
        .put("preferred_username", user.userPrincipalName())
        .put("scp", String.join(" ", new TreeSet<>(grant.permissions())));
  }

  /** The object id of an app, or of a user who is not in the directory: always the same one. */
  static String principal(String tenantId, String name) {
    return UUID.nameUUIDFromBytes((tenantId + "/" + name).getBytes(StandardCharsets.UTF_8))
        .toString();
  }
}
