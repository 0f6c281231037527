package dev.fettle.identity;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.util.List;
import java.util.Optional;

/** The table {@code identity_tenant}. */
final class TenantStore {

  private static final String BY_ID = "select * from identity_tenant where tenant_id = ?";
  private static final String BY_DDI_NAME = "select * from identity_tenant where ddi_name = ?";
  private static final String ALL = "select * from identity_tenant order by tenant_id";
  private static final String INSERT =
      """
      insert into identity_tenant (tenant_id, ddi_name, name, created_date_time)
      values (?, ?, ?, ?) on conflict do nothing
      """;

  private TenantStore() {}

  static Optional<Tenant> byId(Tx tx, String tenantId) {
    return tx.one(Sql.of(BY_ID, tenantId), TenantStore::tenant);
  }

  static Optional<Tenant> byDdiName(Tx tx, String ddiName) {
    return tx.one(Sql.of(BY_DDI_NAME, ddiName), TenantStore::tenant);
  }

  static List<Tenant> all(Tx tx) {
    return tx.list(Sql.of(ALL), TenantStore::tenant);
  }

  /** False if the id or the name is taken. */
  static boolean insert(Tx tx, Tenant tenant) {
    return tx.update(
            Sql.of(
                INSERT,
                tenant.tenantId(),
                tenant.ddiName(),
                tenant.name(),
                tenant.createdDateTime()))
        == 1;
  }

  private static Tenant tenant(Row row) {
    return new Tenant(
        row.text("tenant_id"),
        row.text("ddi_name"),
        row.text("name"),
        row.time("created_date_time"));
  }
}
