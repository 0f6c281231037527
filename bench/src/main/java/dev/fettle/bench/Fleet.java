package dev.fettle.bench;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;

/** The devices and releases that the measured requests find. */
final class Fleet {

  private static final String DEVICES =
      """
      insert into devices_device
        (tenant_id, id, controller_id, device_type, manufacturer, model, serial_number, unique_id,
         mac_addresses, notes, company_asset_tag, activity_state, current_user_identity, condition,
         connection_status, attributes_wanted, target_token_hash, created_by, created_date_time,
         last_modified_date_time)
      select ?, device.id, device.id, 'collaborationBar', 'yealink', 'vc210', device.n::text,
        md5(device.id), array['00:11:22:33:44:55'], 'Device of a benchmark.', 'Tag' || device.n,
        'idle',
        '{"id": "2a610f6f-adf6-4205", "displayName": "Evan Lewis", "userIdentityType": "aadUser"}',
        'healthy', 'connected', false,
        sha256(convert_to('token-' || device.id, 'UTF8')),
        '{"application": {"id": "bench", "displayName": "Bench"}, "device": null, "user": null}',
        timestamptz '2026-01-01' + device.n * interval '1 second', timestamptz '2026-01-01'
      from (select n, '00000000-0000-4000-8000-' || lpad(n::text, 12, '0') id
        from generate_series(0, ?) n) device
      """;

  private static final String RELEASES =
      """
      insert into updates_release
        (tenant_id, id, software_type, version, version_key, state, created_date_time,
         last_modified_date_time, published_date_time)
      select ?, 'release-' || type || '-' || n, type, n || '.0', '5001' || n || '4', 'published',
        now(), now(), now()
      from unnest(array['adminAgent', 'operatingSystem', 'teamsClient', 'firmware', 'partnerAgent',
        'companyPortal']) type, generate_series(1, 5) n
      """;

  private Fleet() {}

  /** Fills the tables and lets the database count what is in them. */
  static void make(Db db) {
    db.read(
        tx -> {
          int tenants =
              tx.update(
                  Sql.of(
                      """
                      insert into identity_tenant (tenant_id, ddi_name, name, created_date_time)
                      values (?, 'DEFAULT', 'Bench', now())
                      """,
                      Target.TENANT));
          int devices = tx.update(Sql.of(DEVICES, Target.TENANT, Target.DEVICES - 1));
          int releases = tx.update(Sql.of(RELEASES, Target.TENANT));
          return tenants + devices + releases + tx.update(Sql.of("vacuum analyze"));
        });
  }
}
