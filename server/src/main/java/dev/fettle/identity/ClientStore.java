package dev.fettle.identity;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.util.List;
import java.util.Optional;

/** The table {@code identity_client}. */
final class ClientStore {

  private static final Sql ONE =
      Sql.of("select * from identity_client where tenant_id = :tenantId and client_id = :clientId");
  private static final Sql OF_TENANT =
      Sql.of("select * from identity_client where tenant_id = :tenantId order by name, client_id");
  private static final Sql INSERT =
      Sql.of(
          """
          insert into identity_client
            (tenant_id, client_id, name, secret_hash, permissions, created_date_time)
          values (:tenantId, :clientId, :name, :secretHash, :permissions, :createdDateTime)
          """);
  private static final Sql NEW_SECRET =
      Sql.of(
          """
          update identity_client set secret_hash = :secretHash
          where tenant_id = :tenantId and client_id = :clientId
          """);
  private static final Sql DELETE =
      Sql.of("delete from identity_client where tenant_id = :tenantId and client_id = :clientId");

  /** A client, and what its secret is compared with. */
  @SuppressWarnings("ArrayRecordComponent")
  record Stored(Client client, byte[] secretHash) {}

  private ClientStore() {}

  static Optional<Stored> one(Tx tx, String tenantId, String clientId) {
    return tx.one(ONE.with("tenantId", tenantId).with("clientId", clientId), Stored.class);
  }

  static List<Client> ofTenant(Tx tx, String tenantId) {
    return tx.list(OF_TENANT.with("tenantId", tenantId), Client.class);
  }

  static void insert(Tx tx, Client client, byte[] secretHash) {
    if (tx.update(INSERT.with(new Stored(client, secretHash))) != 1) {
      throw new IllegalStateException("a client was not written");
    }
  }

  static boolean newSecret(Tx tx, String tenantId, String clientId, byte[] secretHash) {
    return tx.update(
            NEW_SECRET
                .with("tenantId", tenantId)
                .with("clientId", clientId)
                .with("secretHash", secretHash))
        == 1;
  }

  static boolean delete(Tx tx, String tenantId, String clientId) {
    return tx.update(DELETE.with("tenantId", tenantId).with("clientId", clientId)) == 1;
  }
}
