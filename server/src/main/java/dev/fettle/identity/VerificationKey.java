package dev.fettle.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.fettle.json.Json;
import java.text.ParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A public key of an issuer, bound to the one algorithm that it is for. Safe for concurrent use.
 *
 * @param thumbprint what the key is, whatever its name
 * @param onlyFor the {@code iss} for which alone the key may speak, or null
 */
record VerificationKey(
    @Nullable String kid,
    String thumbprint,
    JWSAlgorithm algorithm,
    JWSVerifier verifier,
    @Nullable String onlyFor) {

  private static final int LEAST_RSA_BITS = 2048;

  /**
   * A key of a published key set, or nothing if it is not one that signs RS256 or ES256: key sets
   * hold keys for other purposes too.
   */
  static Optional<VerificationKey> of(JsonNode jwk) {
    try {
      JWK key = JWK.parse(Json.text(jwk));
      if (key.getKeyUse() != null && !KeyUse.SIGNATURE.equals(key.getKeyUse())) {
        return Optional.empty();
      }
      JsonNode issuer = jwk.path("issuer");
      return of(key, issuer.isString() ? issuer.stringValue() : null);
    } catch (ParseException | JOSEException e) {
      return Optional.empty();
    }
  }

  /** A key at hand. */
  static Optional<VerificationKey> of(JWK key, @Nullable String onlyFor) throws JOSEException {
    return switch (key) {
      case RSAKey rsa when rsa.size() >= LEAST_RSA_BITS && isFor(rsa, JWSAlgorithm.RS256) ->
          Optional.of(
              new VerificationKey(
                  rsa.getKeyID(),
                  rsa.computeThumbprint().toString(),
                  JWSAlgorithm.RS256,
                  new RSASSAVerifier(rsa.toRSAPublicKey()),
                  onlyFor));
      case ECKey ec when Curve.P_256.equals(ec.getCurve()) && isFor(ec, JWSAlgorithm.ES256) ->
          Optional.of(
              new VerificationKey(
                  ec.getKeyID(),
                  ec.computeThumbprint().toString(),
                  JWSAlgorithm.ES256,
                  new ECDSAVerifier(ec.toECPublicKey()),
                  onlyFor));
      default -> Optional.empty();
    };
  }

  /** True if the signature over the input is this key's. */
  boolean signed(JWSHeader header, byte[] input, Base64URL signature) {
    try {
      return algorithm.equals(header.getAlgorithm()) && verifier.verify(header, input, signature);
    } catch (JOSEException e) {
      // A signature that is not even the shape of one.
      return false;
    }
  }

  private static boolean isFor(JWK key, JWSAlgorithm algorithm) {
    return key.getAlgorithm() == null || algorithm.equals(key.getAlgorithm());
  }
}
