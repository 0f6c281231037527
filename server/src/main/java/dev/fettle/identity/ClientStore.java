package dev.fettle.identity;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.util.List;
import java.util.Optional;

/** The table {@code identity_client}. */
final class ClientStore {

  private static final String ONE =
      "select * from identity_client where tenant_id = ? and client_id = ?";
  private static final String OF_TENANT =
      "select * from identity_client where tenant_id = ? order by name, client_id";
  private static final String INSERT =
      """
      insert into identity_client
        (tenant_id, client_id, name, secret_hash, permissions, created_date_time)
      values (?, ?, ?, ?, ?, ?)
      """;
  private static final String NEW_SECRET =
      "update identity_client set secret_hash = ? where tenant_id = ? and client_id = ?";
  private static final String DELETE =
      "delete from identity_client where tenant_id = ? and client_id = ?";

  /** A client, and what its secret is compared with. */
  @SuppressWarnings("ArrayRecordComponent")
  record Stored(Client client, byte[] secretHash) {}

  private ClientStore() {}

  static Optional<Stored> one(Tx tx, String tenantId, String clientId) {
    return tx.one(
        Sql.of(ONE, tenantId, clientId), row -> new Stored(client(row), row.bytes("secret_hash")));
  }

  static List<Client> ofTenant(Tx tx, String tenantId) {
    return tx.list(Sql.of(OF_TENANT, tenantId), ClientStore::client);
  }

  static void insert(Tx tx, Client client, byte[] secretHash) {
    int added =
        tx.update(
            Sql.of(
                INSERT,
                client.tenantId(),
                client.clientId(),
                client.name(),
                secretHash,
                client.permissions(),
                client.createdDateTime()));
    if (added != 1) {
      throw new IllegalStateException("a client was not written");
    }
  }

  static boolean newSecret(Tx tx, String tenantId, String clientId, byte[] secretHash) {
    return tx.update(Sql.of(NEW_SECRET, secretHash, tenantId, clientId)) == 1;
  }

  static boolean delete(Tx tx, String tenantId, String clientId) {
    return tx.update(Sql.of(DELETE, tenantId, clientId)) == 1;
  }

  private static Client client(Row row) {
    return new Client(
        row.text("tenant_id"),
        row.text("client_id"),
        row.text("name"),
        row.texts("permissions"),
        row.time("created_date_time"));
  }
}
