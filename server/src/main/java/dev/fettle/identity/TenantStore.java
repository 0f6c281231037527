package dev.fettle.identity;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.util.List;
import java.util.Optional;

/** The table {@code identity_tenant}. */
final class TenantStore {

  private static final Sql BY_ID =
      Sql.of("select * from identity_tenant where tenant_id = :tenantId");
  private static final Sql BY_DDI_NAME =
      Sql.of("select * from identity_tenant where ddi_name = :ddiName");
  private static final Sql ALL = Sql.of("select * from identity_tenant order by tenant_id");
  private static final Sql INSERT =
      Sql.of(
          """
          insert into identity_tenant (tenant_id, ddi_name, name, created_date_time)
          values (:tenantId, :ddiName, :name, :createdDateTime) on conflict do nothing
          """);

  private TenantStore() {}

  static Optional<Tenant> byId(Tx tx, String tenantId) {
    return tx.one(BY_ID.with("tenantId", tenantId), Tenant.class);
  }

  static Optional<Tenant> byDdiName(Tx tx, String ddiName) {
    return tx.one(BY_DDI_NAME.with("ddiName", ddiName), Tenant.class);
  }

  static List<Tenant> all(Tx tx) {
    return tx.list(ALL, Tenant.class);
  }

  /** False if the id or the name is taken. */
  static boolean insert(Tx tx, Tenant tenant) {
    return tx.update(INSERT.with(tenant)) == 1;
  }
}
