package dev.fettle.identity;

import java.util.Arrays;
import java.util.Optional;

/** Faults that a token of the development mode can have on purpose. */
enum TokenFault {
  EXPIRED("expired"),
  NOT_YET_VALID("notYetValid"),
  WRONG_AUDIENCE("wrongAudience"),
  WRONG_ISSUER("wrongIssuer"),
  /** Signed by a key that nobody published, under the name of the real one. */
  WRONG_KEY("wrongKey"),
  /** Signed by a key that nobody published, under a name that nobody knows. */
  UNKNOWN_KEY("unknownKey"),
  ALG_NONE("algNone"),
  /** The classic confusion: HS256 with the public key as its secret. */
  HMAC_WITH_PUBLIC_KEY("hmacWithPublicKey"),
  BROKEN_SIGNATURE("brokenSignature"),
  PERSONAL_ACCOUNT("personalAccount"),
  NO_TENANT("noTenant"),
  NOT_A_JWT("notAJwt");

  private final String wireName;

  TokenFault(String wireName) {
    this.wireName = wireName;
  }

  String wireName() {
    return wireName;
  }

  static Optional<TokenFault> of(String wireName) {
    return Arrays.stream(values()).filter(fault -> fault.wireName.equals(wireName)).findFirst();
  }
}
