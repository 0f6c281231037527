package dev.fettle.devices;

import java.time.Instant;

/** A fresh target token, at the only moment in which it can be seen. */
public record IssuedCredential(
    String deviceId, String tenantId, String controllerId, String token, Instant issued) {

  /** Everything but the secret. */
  @Override
  public String toString() {
    return "IssuedCredential[" + deviceId + "]";
  }
}
