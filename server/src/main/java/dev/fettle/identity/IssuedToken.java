package dev.fettle.identity;

import java.time.Duration;

/** An access token that the built-in issuer made, and for how long it is good. */
record IssuedToken(String accessToken, Duration lifetime) {

  /** Without the token. */
  @Override
  public String toString() {
    return "IssuedToken[" + lifetime + "]";
  }
}
