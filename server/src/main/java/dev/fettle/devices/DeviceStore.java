package dev.fettle.devices;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.json.Json;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The statements on {@code devices_device} and {@code devices_gateway_token}. */
final class DeviceStore {

  private static final String INSERT =
      """
      insert into devices_device
        (tenant_id, id, controller_id, device_type, manufacturer, model, serial_number, unique_id,
         mac_addresses, notes, company_asset_tag, current_user_identity, created_by,
         created_date_time, last_modified_by, last_modified_date_time)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  // A device whose name is taken is there already: two first polls at once end up with one device.
  private static final String REGISTER =
      """
      insert into devices_device
        (tenant_id, id, controller_id, device_type, created_by, created_date_time,
         last_modified_by, last_modified_date_time)
      select g.tenant_id, ?, ?, 'unknown', ?, ?, ?, ?
      from devices_gateway_token g
      where g.tenant_id
          = coalesce((select t.tenant_id from identity_tenant t where t.ddi_name = ?), ?)
        and g.token_hash = ? and g.revoked_date_time is null
      on conflict do nothing
      """;

  private static final String REGISTER_CERTIFIED =
      """
      insert into devices_device
        (tenant_id, id, controller_id, device_type, created_by, created_date_time,
         last_modified_by, last_modified_date_time)
      select t.tenant_id, ?, ?, 'unknown', ?, ?, ?, ?
      from identity_tenant t
      where t.tenant_id
          = coalesce((select n.tenant_id from identity_tenant n where n.ddi_name = ?), ?)
      on conflict do nothing
      """;

  static final String STATE_COLUMNS =
      """
      d.tenant_id, d.id, d.device_type, d.model, d.attributes, d.current_versions,
        d.configuration, d.health, d.software_update_health\
      """;

  private static final String STATE = "select " + STATE_COLUMNS;

  private static final String LOCK_PAGE =
      STATE
          + """

          from devices_device d where tenant_id = ? and id > ? order by id limit 500 for update
          """;

  private static final String SAVE_FRESHNESS =
      """
      update devices_device d
      set software_update_health = s.software_update_health::jsonb, condition = s.condition
      from unnest(?::text[], ?::text[], ?::text[]) as s(id, software_update_health, condition)
      where d.tenant_id = ? and d.id = s.id
      """;

  // Most of what a device says changes nothing here: then no row is written.
  private static final String SAVE_STATE =
      """
      update devices_device d
      set current_versions = n.versions, configuration = n.configuration,
        software_update_health = n.health, condition = n.condition
      from (values (?::jsonb, ?::jsonb, ?::jsonb, ?)) as n(versions, configuration, health, condition)
      where tenant_id = ? and id = ?
        and (d.current_versions, d.configuration, d.software_update_health, d.condition)
          is distinct from (n.versions, n.configuration, n.health, n.condition)
      """;

  private static final String SAVE_INSTALLED =
      """
      update devices_device
      set installed_action_id = ?, attributes_wanted = true, current_versions = ?,
        configuration = ?, software_update_health = ?, condition = ?
      where tenant_id = ? and id = ?
      """;

  private static final String SAVE_ATTRIBUTES =
      """
      update devices_device
      set attributes = ?, attributes_wanted = false, current_versions = ?, configuration = ?,
        software_update_health = ?, condition = ?,
        manufacturer = coalesce(?, manufacturer), model = coalesce(?, model),
        serial_number = coalesce(?, serial_number), unique_id = coalesce(?, unique_id),
        mac_addresses = coalesce(?::text[], mac_addresses), device_type = coalesce(?, device_type),
        agent = coalesce(?, agent), can_restart = ?, can_run_diagnostics = ?
      where tenant_id = ? and id = ?
      """;

  private static final String SAVE_ACTIVITY =
      """
      update devices_device set activity = ?, activity_date_time = ?
      where tenant_id = ? and id = ?
      """;

  private static final String SAVE_CONFIGURATION =
      """
      update devices_device set configuration = ?, configuration_date_time = ?
      where tenant_id = ? and id = ?
      """;

  private static final String SAVE_HEALTH =
      """
      update devices_device set health = ?, health_date_time = ? where tenant_id = ? and id = ?
      """;

  // Rows in the order of the key, as everywhere: two writers of many rows must not cross.
  /** The later sighting stands, unless it is later by so much that the clock was set back since. */
  private static final String SEEN =
      """
      with seen as (
        select * from unnest(?::text[], ?::text[], ?::text[]::timestamptz[], ?::text[],
          ?::text[]::timestamptz[]) as s(tenant_id, id, seen_at, address, offline_at)
      ), locked as (
        select d.tenant_id, d.id from devices_device d join seen s using (tenant_id, id)
        order by d.tenant_id, d.id for update of d
      )
      update devices_device d
      set last_seen_date_time = s.seen_at, last_seen_address = s.address,
        offline_date_time = s.offline_at,
        connection_date_time = case when d.connection_status = 'connected'
          then d.connection_date_time else s.seen_at end,
        connection_status = 'connected'
      from seen s join locked using (tenant_id, id)
      where d.tenant_id = s.tenant_id and d.id = s.id
        and (d.last_seen_date_time is null or d.last_seen_date_time < s.seen_at
          or d.last_seen_date_time > s.seen_at + interval '5 minutes')
      """;

  private static final String SWEEP =
      """
      update devices_device set connection_status = 'disconnected', connection_date_time = ?
      where offline_date_time <= ? and connection_status <> 'disconnected'
      """;

  private static final DeviceAuthentication.Query AUTHENTICATE =
      new DeviceAuthentication.Query("", "");

  /** A column of a seeded row, and its value. */
  record SeedColumn(String name, @Nullable Object value) {}

  private DeviceStore() {}

  /** Inserts a row with these columns unless its id is there. */
  static Sql seed(List<SeedColumn> columns) {
    String names = String.join(", ", columns.stream().map(SeedColumn::name).toList());
    String marks = String.join(", ", columns.stream().map(column -> "?").toList());
    return Sql.assembled(
        "insert into devices_device (" + names + ") values (" + marks + ") on conflict do nothing",
        columns.stream().map(SeedColumn::value).toList());
  }

  static void insert(
      Tx tx, String tenantId, String id, NewDevice device, ObjectNode by, Instant now) {
    Hardware hardware = device.hardware();
    one(
        tx.update(
            Sql.of(
                INSERT,
                tenantId,
                id,
                id,
                device.deviceType().word(),
                hardware.manufacturer(),
                hardware.model(),
                hardware.serialNumber(),
                hardware.uniqueId(),
                hardware.macAddresses(),
                device.notes(),
                device.companyAssetTag(),
                device.currentUser(),
                by,
                now,
                by,
                now)));
  }

  static boolean register(
      Tx tx,
      String tenant,
      String id,
      String controllerId,
      DeviceCredential credential,
      ObjectNode by,
      Instant now) {
    Sql sql =
        switch (credential.kind()) {
          case TARGET -> throw new IllegalArgumentException("a target token registers nothing");
          case GATEWAY ->
              Sql.of(
                  REGISTER, id, controllerId, by, now, by, now, tenant, tenant, credential.hash());
          case CERTIFICATE ->
              Sql.of(REGISTER_CERTIFIED, id, controllerId, by, now, by, now, tenant, tenant);
        };
    return tx.update(sql) > 0;
  }

  static Optional<AuthenticatedDevice> find(
      Tx tx, String tenant, String controllerId, DeviceCredential credential) {
    return tx.one(
        AUTHENTICATE.of(tenant, controllerId, credential),
        row -> DeviceAuthentication.read(row, credential));
  }

  static boolean modify(
      Tx tx, String tenantId, String id, DeviceChange change, ObjectNode by, Instant now) {
    Sql sql =
        Sql.of(
            "update devices_device set last_modified_by = ?, last_modified_date_time = ?", by, now);
    DeviceChange.Text notes = change.notes();
    if (notes != null) {
      sql = sql.append(", notes = ?", notes.value());
    }
    DeviceChange.Text tag = change.companyAssetTag();
    if (tag != null) {
      sql = sql.append(", company_asset_tag = ?", tag.value());
    }
    return tx.update(sql.append(" where tenant_id = ? and id = ?", tenantId, id)) > 0;
  }

  static boolean delete(Tx tx, String tenantId, String id) {
    return tx.update(
            Sql.of("delete from devices_device where tenant_id = ? and id = ?", tenantId, id))
        > 0;
  }

  static boolean exists(Tx tx, String tenantId, String id) {
    return tx.one(
            Sql.of(
                "select true found from devices_device where tenant_id = ? and id = ?",
                tenantId,
                id),
            row -> row.flag("found"))
        .isPresent();
  }

  static Optional<ObjectNode> attributes(Tx tx, String tenantId, String id) {
    return tx.one(
        Sql.of(
            "select attributes from devices_device where tenant_id = ? and id = ?", tenantId, id),
        row -> object(row.json("attributes")));
  }

  /** A device, and what there was for it when the statement began. */
  record LockedState(DeviceState state, Map<SoftwareType, String> available) {}

  /** The statement of {@link #lock}, as text that is made once. */
  static String locking(AvailableVersions available) {
    return STATE
        + ", "
        + available.column()
        + " from devices_device d where tenant_id = ? and id = ? for update of d";
  }

  /**
   * Locks a device.
   *
   * @param locking the statement
   */
  static Optional<LockedState> lock(Tx tx, String locking, String tenantId, String id) {
    return tx.one(
        Sql.of(locking, tenantId, id),
        row -> {
          Map<SoftwareType, String> available = new EnumMap<>(SoftwareType.class);
          object(row.jsonOrNull("available"))
              .forEachEntry(
                  (word, version) ->
                      SoftwareType.of(word)
                          .ifPresent(type -> available.put(type, version.asString())));
          return new LockedState(state(row), available);
        });
  }

  /** Locks the next devices of a tenant in the order of their ids. */
  static List<DeviceState> lockPage(Tx tx, String tenantId, String after) {
    return tx.list(Sql.of(LOCK_PAGE, tenantId, after), DeviceStore::state);
  }

  /** What became of a locked device when the releases changed. */
  record FreshnessChange(
      String id, ObjectNode softwareUpdateHealth, HealthRules.Condition condition) {}

  static void saveFreshness(Tx tx, String tenantId, List<FreshnessChange> devices) {
    int touched =
        tx.update(
            Sql.of(
                SAVE_FRESHNESS,
                devices.stream().map(FreshnessChange::id).toList(),
                devices.stream().map(one -> Json.text(one.softwareUpdateHealth())).toList(),
                devices.stream().map(one -> one.condition().word()).toList(),
                tenantId));
    if (touched != devices.size()) {
      throw new IllegalStateException(
          "expected to write " + devices.size() + " rows, wrote " + touched);
    }
  }

  /** What follows from what is known of a device. */
  record DerivedState(
      @Nullable ObjectNode configuration,
      ObjectNode softwareUpdateHealth,
      HealthRules.Condition condition) {}

  /** Saves what follows from what a device said; the row is locked. */
  static void saveState(Tx tx, DeviceState state, DerivedState outcome) {
    tx.update(
        Sql.of(
            SAVE_STATE,
            state.currentVersions(),
            outcome.configuration(),
            outcome.softwareUpdateHealth(),
            outcome.condition().word(),
            state.tenantId(),
            state.id()));
  }

  /**
   * The same, after an action installed something; the device is asked for its attributes. A
   * statement for others to run with their own.
   */
  static Sql savingInstalled(DeviceState state, DerivedState outcome, int action) {
    return Sql.of(
        SAVE_INSTALLED,
        action,
        state.currentVersions(),
        outcome.configuration(),
        outcome.softwareUpdateHealth(),
        outcome.condition().word(),
        state.tenantId(),
        state.id());
  }

  /** The same, after the device sent its attributes. */
  static void saveAttributes(
      Tx tx, DeviceState state, DerivedState outcome, AttributeRules.Facts facts) {
    DeviceType type = facts.deviceType();
    one(
        tx.update(
            Sql.of(
                SAVE_ATTRIBUTES,
                state.attributes(),
                state.currentVersions(),
                outcome.configuration(),
                outcome.softwareUpdateHealth(),
                outcome.condition().word(),
                facts.manufacturer(),
                facts.model(),
                facts.serialNumber(),
                facts.uniqueId(),
                facts.macAddresses(),
                type == null ? null : type.word(),
                facts.agent(),
                facts.canRestart(),
                facts.canRunDiagnostics(),
                state.tenantId(),
                state.id())));
  }

  static void saveActivity(Tx tx, String tenantId, String id, ObjectNode activity, Instant now) {
    one(tx.update(Sql.of(SAVE_ACTIVITY, activity, now, tenantId, id)));
  }

  static void saveConfiguration(
      Tx tx, String tenantId, String id, ObjectNode configuration, Instant now) {
    one(tx.update(Sql.of(SAVE_CONFIGURATION, configuration, now, tenantId, id)));
  }

  static void saveHealth(Tx tx, String tenantId, String id, ObjectNode health, Instant now) {
    one(tx.update(Sql.of(SAVE_HEALTH, health, now, tenantId, id)));
  }

  static void saveActivityState(Tx tx, String tenantId, String id, @Nullable String state) {
    one(
        tx.update(
            Sql.of(
                "update devices_device set activity_state = ? where tenant_id = ? and id = ?",
                state,
                tenantId,
                id)));
  }

  static void saveAgent(Tx tx, String tenantId, String id, String agent) {
    one(
        tx.update(
            Sql.of(
                "update devices_device set agent = ? where tenant_id = ? and id = ?",
                agent,
                tenantId,
                id)));
  }

  static Optional<String> saveTargetToken(
      Tx tx, String tenantId, String id, @Nullable String controllerId, byte[] hash, Instant now) {
    return tx.one(
        Sql.of(
            """
            update devices_device
            set target_token_hash = ?, target_token_date_time = ?,
              controller_id = coalesce(?, controller_id)
            where tenant_id = ? and id = ? returning controller_id
            """,
            hash,
            now,
            controllerId,
            tenantId,
            id),
        row -> row.text("controller_id"));
  }

  static boolean dropTargetToken(Tx tx, String tenantId, String id) {
    return tx.update(
            Sql.of(
                """
                update devices_device set target_token_hash = null, target_token_date_time = null
                where tenant_id = ? and id = ?
                """,
                tenantId,
                id))
        > 0;
  }

  /** Keeps the time of an earlier block. */
  static boolean saveCertificateBlock(
      Tx tx, String tenantId, String id, @Nullable Instant blocked) {
    return tx.update(
            Sql.of(
                """
                update devices_device
                set certificate_blocked_date_time
                    = case when ?::boolean then coalesce(certificate_blocked_date_time, ?) end
                where tenant_id = ? and id = ?
                """,
                blocked != null,
                blocked,
                tenantId,
                id))
        > 0;
  }

  static void insertGatewayToken(
      Tx tx,
      String tenantId,
      String id,
      String displayName,
      byte[] hash,
      ObjectNode by,
      Instant now) {
    one(
        tx.update(
            Sql.of(
                """
                insert into devices_gateway_token
                  (tenant_id, id, display_name, token_hash, created_by, created_date_time)
                values (?, ?, ?, ?, ?, ?)
                """,
                tenantId,
                id,
                displayName,
                hash,
                by,
                now)));
  }

  static boolean revokeGatewayToken(Tx tx, String tenantId, String id, Instant now) {
    return tx.update(
            Sql.of(
                """
                update devices_gateway_token set revoked_date_time = ?
                where tenant_id = ? and id = ? and revoked_date_time is null
                """,
                now,
                tenantId,
                id))
        > 0;
  }

  static int seen(
      Tx tx,
      List<String> tenants,
      List<String> ids,
      List<String> times,
      List<String> addresses,
      List<String> offline) {
    return tx.update(Sql.of(SEEN, tenants, ids, times, addresses, offline));
  }

  static int sweep(Tx tx, Instant now) {
    return tx.update(Sql.of(SWEEP, now, now));
  }

  static DeviceState state(Row row) {
    return new DeviceState(
        row.text("tenant_id"),
        row.text("id"),
        row.text("device_type"),
        row.textOrNull("model"),
        object(row.json("attributes")),
        object(row.json("current_versions")),
        objectOrNull(row.jsonOrNull("configuration")),
        objectOrNull(row.jsonOrNull("health")),
        object(row.json("software_update_health")));
  }

  private static ObjectNode object(@Nullable JsonNode node) {
    return node instanceof ObjectNode object ? object : Json.object();
  }

  private static @Nullable ObjectNode objectOrNull(@Nullable JsonNode node) {
    return node instanceof ObjectNode object ? object : null;
  }

  private static void one(int touched) {
    if (touched != 1) {
      throw new IllegalStateException("expected to write one row, wrote " + touched);
    }
  }
}
