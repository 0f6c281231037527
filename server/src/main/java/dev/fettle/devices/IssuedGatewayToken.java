package dev.fettle.devices;

import java.time.Instant;

/** A fresh gateway token, at the only moment in which it can be seen. */
public record IssuedGatewayToken(String id, String displayName, String token, Instant issued) {

  /** Everything but the secret. */
  @Override
  public String toString() {
    return "IssuedGatewayToken[" + id + "]";
  }
}
