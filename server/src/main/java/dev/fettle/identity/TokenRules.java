package dev.fettle.identity;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Conditions of an acceptable access token whose signature holds, and the texts of the refusals.
 * The texts are Graph's own as far as they are known; a sentence that helps may follow.
 */
final class TokenRules {

  static final String EMPTY =
      "Access token is empty. There was no Authorization header with a bearer token: is this host"
          + " in the allowedHosts of the SDK?";
  static final String MALFORMED =
      "IDX14100: JWT is not well formed, there must be three parts in JWS Compact Serialization"
          + " Format.";
  static final String BAD_PART =
      MALFORMED + " Each part must be base64url without padding, and nothing may follow it.";
  static final String BAD_SIGNATURE = "Access token validation failure. Invalid signature.";
  static final String BAD_ISSUER = "Access token validation failure. Invalid issuer.";
  static final String BAD_AUDIENCE = "Access token validation failure. Invalid audience.";
  static final String EXPIRED = "Lifetime validation failed, the token is expired.";
  static final String NO_LIFETIME = "Access token has expired or is not yet valid.";
  static final String PERSONAL =
      "Access token validation failure. Personal Microsoft accounts are not supported here: this"
          + " API is for work and school accounts.";

  /** The tenant of all personal Microsoft accounts. */
  static final String CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";

  private TokenRules() {}

  static Refusal refuse(String message) {
    return new Refusal(new Reason.Unauthenticated("InvalidAuthenticationToken", message));
  }

  /**
   * The caller whom the claims name.
   *
   * @param tenantId the tenant that the issuer's setting names for all its tokens, or null for the
   *     token's own
   * @param skew by how much clocks may differ
   * @throws Refusal if the token is for another audience or time, or lacks what a caller needs
   */
  static Caller caller(
      Claims claims, @Nullable String tenantId, Audiences audiences, Instant now, Duration skew) {
    if (CONSUMERS.equals(claims.tid())) {
      throw refuse(PERSONAL);
    }
    if (!audiences.hasOneOf(claims.aud())) {
      throw refuse(BAD_AUDIENCE);
    }
    requireLifetime(claims, now, skew);
    String tenant = tenantId == null ? claims.tid() : tenantId;
    if (tenant == null) {
      throw refuse("Access token validation failure. The token names no tenant (tid).");
    }
    String appId = claims.appId();
    if (appId == null) {
      throw refuse("Access token validation failure. The token names no app (appid or azp).");
    }
    Caller.Kind kind = claims.kind();
    return switch (kind) {
      case APPLICATION ->
          new Caller(tenant, kind, appId, claims.appName(), null, null, claims.permissions());
      case DELEGATED -> {
        if (claims.subject() == null) {
          throw refuse("Access token validation failure. The token names no user (oid).");
        }
        yield new Caller(
            tenant,
            kind,
            appId,
            claims.appName(),
            claims.subject(),
            claims.userName(),
            claims.permissions());
      }
    };
  }

  /** Refuses a token before its time and after it. */
  static void requireLifetime(Claims claims, Instant now, Duration skew) {
    Instant exp = claims.exp();
    if (exp == null) {
      throw refuse(NO_LIFETIME);
    }
    if (!now.isBefore(exp.plus(skew))) {
      throw refuse(EXPIRED);
    }
    Instant nbf = claims.nbf();
    if (nbf != null && now.plus(skew).isBefore(nbf)) {
      throw refuse(NO_LIFETIME);
    }
  }
}
