package dev.fettle.identity;

import dev.fettle.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes tokens with faults, so that clients can be tried against each refusal. Of several faults of
 * the signature the last one of {@link TokenFault} wins.
 */
final class TokenForge {

  private static final Duration FAR = Duration.ofHours(2);

  private final BuiltInIssuer issuer;
  private final InstantSource clock;

  /** A forge of tokens that this issuer seems to have made. */
  TokenForge(BuiltInIssuer issuer, InstantSource clock) {
    this.issuer = issuer;
    this.clock = clock;
  }

  /** Makes an access token with all of these faults; a good one if there are none. */
  IssuedToken issue(TokenGrant grant, String origin, Set<TokenFault> faults) {
    ObjectNode claims = issuer.claims(grant, origin);
    faults.stream().sorted().forEach(fault -> spoil(claims, fault));
    String token = issuer.keys().sign(claims);
    for (TokenFault fault : faults.stream().sorted().toList()) {
      token = spoil(token, claims, fault);
    }
    return new IssuedToken(token, grant.lifetime());
  }

  private void spoil(ObjectNode claims, TokenFault fault) {
    Instant now = clock.instant();
    switch (fault) {
      case EXPIRED ->
          claims
              .put("iat", now.minus(FAR).getEpochSecond())
              .put("nbf", now.minus(FAR).getEpochSecond())
              .put("exp", now.minus(FAR.dividedBy(2)).getEpochSecond());
      case NOT_YET_VALID ->
          claims
              .put("nbf", now.plus(FAR.dividedBy(2)).getEpochSecond())
              .put("exp", now.plus(FAR).getEpochSecond());
      case WRONG_AUDIENCE -> claims.put("aud", "https://vault.azure.net");
      case WRONG_ISSUER ->
          claims.put("iss", "https://sts.windows.net/" + claims.path("tid").asString("") + "/");
      case PERSONAL_ACCOUNT ->
          claims
              .put("tid", TokenRules.CONSUMERS)
              .put("iss", "https://login.microsoftonline.com/" + TokenRules.CONSUMERS + "/v2.0");
      case NO_TENANT -> claims.remove("tid");
      case WRONG_KEY, UNKNOWN_KEY, ALG_NONE, HMAC_WITH_PUBLIC_KEY, BROKEN_SIGNATURE, NOT_A_JWT -> {
        // Faults of the signature, which are made later.
      }
    }
  }

  private String spoil(String token, ObjectNode claims, TokenFault fault) {
    String kid = issuer.keys().signingKeyId();
    return switch (fault) {
      case EXPIRED, NOT_YET_VALID, WRONG_AUDIENCE, WRONG_ISSUER, PERSONAL_ACCOUNT, NO_TENANT ->
          token;
      case WRONG_KEY -> SigningKeys.inMemory().sign(claims, kid);
      case UNKNOWN_KEY -> SigningKeys.inMemory().sign(claims);
      case ALG_NONE -> unsigned("none", kid, claims) + ".";
      case HMAC_WITH_PUBLIC_KEY -> hmac(unsigned("HS256", kid, claims));
      case BROKEN_SIGNATURE ->
          token.substring(0, token.lastIndexOf('.')) + "." + encode(new byte[256]);
      case NOT_A_JWT -> "this-is-not-a-token";
    };
  }

  private String hmac(String input) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(issuer.keys().publicBytes(), "HmacSHA256"));
      return input + "." + encode(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String unsigned(String algorithm, String kid, ObjectNode claims) {
    ObjectNode header = Json.object().put("typ", "JWT").put("alg", algorithm).put("kid", kid);
    return encode(Json.bytes(header)) + "." + encode(Json.bytes(claims));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
