package dev.fettle.devices;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;

/**
 * Who has just proved who it is. A device that has something to do sends a handful of requests
 * within a second or two, and each would look up the same credential.
 *
 * <p>What is kept here is believed for {@link #HOLDS}. Whoever changes a credential makes all
 * forgotten in the same process; another server on the same database, or a request that read the
 * credential while it changed, goes on believing it for that long (docs/decisions/0033). Safe for
 * any number of threads.
 */
final class ProvenDevices {

  /** How long a proof is believed. */
  static final Duration HOLDS = Duration.ofSeconds(5);

  private static final int MOST = 20_000;

  private record Proof(String tenant, DeviceCredential credential, EnrolledDevice device) {
    boolean covers(String claimedTenant, DeviceCredential shown) {
      return tenant.equals(claimedTenant) && credential.same(shown);
    }
  }

  // By controllerId alone: where two tenants use the same one, they only find less here.
  private final Cache<String, Proof> proofs;

  ProvenDevices() {
    this(Ticker.systemTicker());
  }

  ProvenDevices(Ticker time) {
    this.proofs =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(HOLDS)
            .ticker(time)
            .executor(Runnable::run)
            .build();
  }

  /** The device, if it has proved a moment ago with this very credential who it is. */
  Optional<EnrolledDevice> recall(String tenant, String controllerId, DeviceCredential credential) {
    Proof proof = proofs.getIfPresent(controllerId);
    return proof != null && proof.covers(tenant, credential)
        ? Optional.of(proof.device())
        : Optional.empty();
  }

  /**
   * Keeps what was just read from the database. Not of a certificate: what it proves costs little
   * to ask for again, and blocking one then holds on every server at once.
   */
  void remember(String tenant, DeviceCredential credential, EnrolledDevice device) {
    if (credential.kind() != DeviceCredential.Kind.CERTIFICATE) {
      proofs.put(device.controllerId(), new Proof(tenant, credential, device));
    }
  }

  /** Forgets one device: what is known of it has changed. */
  void forget(String controllerId) {
    proofs.invalidate(controllerId);
  }

  /** Forgets all: a credential was issued, changed or revoked. */
  void forgetAll() {
    proofs.invalidateAll();
  }
}
