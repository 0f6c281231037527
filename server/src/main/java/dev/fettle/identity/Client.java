package dev.fettle.identity;

import java.time.Instant;
import java.util.List;

/**
 * An app that the operator made known to the built-in issuer.
 *
 * @param permissions the application permissions that its tokens carry
 */
public record Client(
    String tenantId,
    String clientId,
    String name,
    List<String> permissions,
    Instant createdDateTime) {
  public Client {
    permissions = List.copyOf(permissions);
  }
}
