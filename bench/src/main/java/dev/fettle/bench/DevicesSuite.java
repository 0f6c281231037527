package dev.fettle.bench;

import dev.fettle.app.CapabilitySettings;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Handler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Teams devices: a poll with nothing to do, a device, a page of devices, a software update. */
final class DevicesSuite implements Suite {

  private static final int DEVICES = 10_000;
  private static final int POLL_BYTES = 90;
  private static final int DEVICE_BYTES = 700;

  /** Each waits for the disk, so measurements on one thread send fewer than of reads. */
  private static final int DURABLE = 6;

  private static final String TOKEN = "Authorization: Bearer x";
  private static final String UPDATE_SOFTWARE = "update software";
  private static final String BARE_INSERT = "bare insert";
  private static final String BARE_SMALL = "bare select small";
  private static final String BARE_DEVICE = "bare select device";

  private static final String[] SOFTWARE = {
    "adminAgent", "operatingSystem", "teamsClient", "firmware", "partnerAgent", "companyPortal"
  };

  private static final String MAKE_DEVICES =
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

  private static final String MAKE_RELEASES =
      """
      insert into updates_release
        (tenant_id, id, software_type, version, version_key, state, created_date_time,
         last_modified_date_time, published_date_time)
      select ?, 'release-' || type || '-' || n, type, n || '.0', '5001' || n || '4', 'published',
        now(), now(), now()
      from unnest(array['adminAgent', 'operatingSystem', 'teamsClient', 'firmware', 'partnerAgent',
        'companyPortal']) type, generate_series(1, 5) n
      """;

  @Override
  public String title() {
    return "Hot requests of Teams devices";
  }

  @Override
  public String conditions() {
    return DEVICES + " devices, 30 releases";
  }

  @Override
  public Set<String> permissions() {
    return Set.of("TeamworkDevice.ReadWrite.All", "Fettle.ReadWrite.All");
  }

  /** Devices that poll as often as they may, for the rollout. */
  @Override
  public CapabilitySettings settings(Path data) {
    CapabilitySettings standard = CapabilitySettings.standard(data);
    return new CapabilitySettings(
        standard.updates(), standard.ddi().every(Duration.ofSeconds(1)), standard.vpp());
  }

  @Override
  public String more(Rig rig) throws IOException, InterruptedException {
    return new Rollout(rig).measure();
  }

  @Override
  public void fill(Rig.Installation installation) {
    installation
        .db()
        .statement(
            tx ->
                tx.update(Sql.assembled(MAKE_DEVICES, Arrays.asList(TENANT, DEVICES - 1)))
                    + tx.update(Sql.assembled(MAKE_RELEASES, Arrays.asList(TENANT))));
  }

  @Override
  public Map<String, Handler> bare(Db db, Ids ids) {
    Function<String, Sql> device =
        id ->
            Sql.of("select id from devices_device where tenant_id = :tenantId and id = :id")
                .with("tenantId", TENANT)
                .with("id", id);
    return Map.of(
        "/bare/small/", Bare.select(db, device, POLL_BYTES),
        "/bare/device/", Bare.select(db, device, DEVICE_BYTES),
        "/bare/insert", Bare.insert(db, ids));
  }

  @Override
  public List<Target> targets() {
    return List.of(
        Target.bare(BARE_SMALL, 200, n -> Target.get("/bare/small/" + id(n), TOKEN)),
        Target.bare(BARE_DEVICE, 200, n -> Target.get("/bare/device/" + id(n), TOKEN)),
        new Target(
            BARE_INSERT,
            202,
            n -> Target.bytes("POST", "/bare/insert", software(n), TOKEN),
            new Target.Aim.None(),
            DURABLE),
        Target.real(
            "poll",
            200,
            n ->
                Target.get(
                    "/" + TENANT + "/controller/v1/" + id(n),
                    "Authorization: TargetToken token-" + id(n),
                    "Accept: application/json"),
            BARE_SMALL,
            1.11),
        Target.real(
            "get device",
            200,
            n -> Target.get("/beta/teamwork/devices/" + id(n), TOKEN),
            BARE_DEVICE,
            1.06),
        new Target(
            "list of 20 devices",
            200,
            n -> Target.get("/beta/teamwork/devices?$top=20", TOKEN),
            new Target.Aim.None(),
            10),
        new Target(
            "list of 50 devices",
            200,
            n -> Target.get("/beta/teamwork/devices?$top=50", TOKEN),
            new Target.Aim.Millis(0.67),
            10),
        new Target(
            UPDATE_SOFTWARE,
            202,
            n ->
                Target.bytes(
                    "POST",
                    "/beta/teamwork/devices/" + id(n) + "/updateSoftware",
                    software(n),
                    TOKEN),
            new Target.Aim.Ratio(BARE_INSERT, 1.55),
            DURABLE));
  }

  @Override
  public boolean restored(Db db, Target target) {
    if (!target.name().equals(UPDATE_SOFTWARE) && !target.name().equals(BARE_INSERT)) {
      return false;
    }
    db.statement(
        tx -> tx.update(Sql.of("truncate updates_operation, bench_item, audit_entry cascade")));
    return true;
  }

  private static String id(int number) {
    return "00000000-0000-4000-8000-%012d".formatted(number % DEVICES);
  }

  /** Another software type each time round the devices: so requests do not conflict. */
  private static String software(int number) {
    return "{\"softwareType\":\"" + SOFTWARE[number / DEVICES % SOFTWARE.length] + "\"}";
  }
}
