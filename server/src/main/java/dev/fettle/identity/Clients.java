package dev.fettle.identity;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.base.Sha256;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The apps that may fetch tokens from the built-in issuer by a secret. Changes take the transaction
 * of the caller, who adds the audit entry to it. Safe for concurrent use.
 *
 * <p>Secrets are made here and never chosen: 32 random bytes cannot be guessed, so a plain hash
 * keeps them, and checking one costs next to nothing. SDKs may fetch a token for each call.
 */
public final class Clients {

  private static final int SECRET_BYTES = 32;
  private static final int LONGEST_NAME = 256;

  private final Db db;
  private final InstantSource clock;
  private final Ids ids;

  /** The clients in a database. */
  public Clients(Db db, InstantSource clock, Ids ids) {
    this.db = db;
    this.clock = clock;
    this.ids = ids;
  }

  /** The clients of a tenant, by name. */
  public List<Client> ofTenant(Tx tx, String tenantId) {
    return ClientStore.ofTenant(tx, tenantId);
  }

  /**
   * Makes a client with an id and a secret of its own.
   *
   * @param permissions application permissions, each of which this server must know
   * @throws Refusal with {@link Reason.Invalid} for an empty name or an unknown permission
   */
  public NewClient create(
      Tx tx, String tenantId, String name, List<String> permissions, KnownPermissions known) {
    String plainName = name.strip();
    if (plainName.isEmpty() || plainName.length() > LONGEST_NAME) {
      throw Refusal.invalid(
          "displayName", "'displayName' has 1 to " + LONGEST_NAME + " characters.");
    }
    Set<String> unknown = new TreeSet<>(permissions);
    unknown.removeAll(known.application());
    if (!unknown.isEmpty()) {
      throw Refusal.invalid(
          "permissions",
          "Nothing here is opened by the application permissions "
              + String.join(", ", unknown)
              + ". These are known: "
              + String.join(", ", new TreeSet<>(known.application()))
              + ".");
    }
    Client client =
        new Client(
            tenantId,
            ids.guid(),
            plainName,
            List.copyOf(new TreeSet<>(permissions)),
            // As the database keeps it, so that every answer prints the same.
            clock.instant().truncatedTo(ChronoUnit.MICROS));
    String secret = ids.hex(SECRET_BYTES);
    ClientStore.insert(tx, client, Sha256.of(secret));
    return new NewClient(client, secret);
  }

  /**
   * Gives a client a new secret; the old one stops working at once.
   *
   * @throws Refusal with {@link Reason.NotFound}
   */
  public NewClient renewSecret(Tx tx, String tenantId, String clientId) {
    String secret = ids.hex(SECRET_BYTES);
    if (!ClientStore.newSecret(tx, tenantId, clientId, Sha256.of(secret))) {
      throw notFound(clientId);
    }
    return ClientStore.one(tx, tenantId, clientId)
        .map(stored -> new NewClient(stored.client(), secret))
        .orElseThrow(() -> notFound(clientId));
  }

  /**
   * Removes a client; tokens that it has stay good until they expire.
   *
   * @throws Refusal with {@link Reason.NotFound}
   */
  public void delete(Tx tx, String tenantId, String clientId) {
    if (!ClientStore.delete(tx, tenantId, clientId)) {
      throw notFound(clientId);
    }
  }

  /**
   * The client, if there is one and the secret is its own.
   *
   * @return nothing for an unknown client
   * @throws Refusal with {@link Reason.Unauthenticated} for another secret
   */
  public Optional<Client> authenticate(String tenantId, String clientId, @Nullable String secret) {
    Optional<ClientStore.Stored> stored =
        db.statement(tx -> ClientStore.one(tx, tenantId, clientId));
    return stored.map(
        one -> {
          if (secret == null || !MessageDigest.isEqual(one.secretHash(), Sha256.of(secret))) {
            throw new Refusal(
                new Reason.Unauthenticated(
                    "invalid_client",
                    "AADSTS7000215: Invalid client secret provided. The secret does not belong to"
                        + " this client; it was shown once, when it was made."));
          }
          return one.client();
        });
  }

  private static Refusal notFound(String clientId) {
    return Refusal.notFound("There is no client '" + clientId + "' in this tenant.");
  }
}
