package dev.fettle.devices;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;

/**
 * The devices that proved their identity a moment ago. A device that has something to do sends a
 * handful of requests within a second or two, and each would look up the same credential.
 *
 * <p>An entry counts for {@link #LIFETIME}. Whoever changes a credential clears the cache of the
 * same process; another server on the same database, or a request that read the credential while it
 * changed, accepts the old one for that long (docs/decisions/0033). Safe for any number of threads.
 */
final class AuthenticationCache {

  /** The time for which an entry counts. */
  static final Duration LIFETIME = Duration.ofSeconds(5);

  private static final int MOST = 20_000;

  private record Entry(String tenant, DeviceCredential credential, AuthenticatedDevice device) {
    boolean covers(String claimedTenant, DeviceCredential shown) {
      return tenant.equals(claimedTenant) && credential.same(shown);
    }
  }

  // By controllerId alone: where two tenants use the same one, they only find less here.
  private final Cache<String, Entry> entries;

  AuthenticationCache() {
    this(Ticker.systemTicker());
  }

  AuthenticationCache(Ticker time) {
    this.entries =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(LIFETIME)
            .ticker(time)
            .executor(Runnable::run)
            .build();
  }

  /** The device, if it proved its identity with this very credential a moment ago. */
  Optional<AuthenticatedDevice> find(
      String tenant, String controllerId, DeviceCredential credential) {
    Entry entry = entries.getIfPresent(controllerId);
    return entry != null && entry.covers(tenant, credential)
        ? Optional.of(entry.device())
        : Optional.empty();
  }

  /**
   * Keeps what was just read from the database. Not of a certificate: what it proves costs little
   * to ask for again, and blocking one then holds on every server at once.
   */
  void put(String tenant, DeviceCredential credential, AuthenticatedDevice device) {
    if (credential.kind() != DeviceCredential.Kind.CERTIFICATE) {
      entries.put(device.controllerId(), new Entry(tenant, credential, device));
    }
  }

  /** Removes one device: what is known of it has changed. */
  void remove(String controllerId) {
    entries.invalidate(controllerId);
  }

  /** Removes all: a credential was issued, changed or revoked. */
  void clear() {
    entries.invalidateAll();
  }
}
