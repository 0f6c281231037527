package dev.fettle.devices;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The statements on {@code devices_device} and {@code devices_gateway_token}. */
final class DeviceStore {

  private static final Sql INSERT =
      Sql.of(
          """
          insert into devices_device
            (tenant_id, id, controller_id, device_type, manufacturer, model, serial_number,
             unique_id, mac_addresses, notes, company_asset_tag, current_user_identity, created_by,
             created_date_time, last_modified_by, last_modified_date_time, software_update_health,
             condition)
          values (:tenantId, :deviceId, :deviceId, :deviceType, :manufacturer, :model,
             :serialNumber, :uniqueId, :macAddresses, :notes, :companyAssetTag, :currentUser, :by,
             :now, :by, :now, :softwareUpdateHealth, :condition)
          """);

  // A device whose name is taken is there already: two first polls at once end up with one device.
  private static final String REGISTER =
      """
      insert into devices_device
        (tenant_id, id, controller_id, device_type, created_by, created_date_time,
         last_modified_by, last_modified_date_time)
      select s.tenant_id, :deviceId, :controllerId, 'unknown', :by, :now, :by, :now from %s s
      where s.tenant_id
          = coalesce((select t.tenant_id from identity_tenant t where t.ddi_name = :tenant), :tenant)
        %s
      on conflict do nothing
      """;

  private static final Sql REGISTER_BY_TOKEN =
      Sql.of(
          REGISTER.formatted(
              "devices_gateway_token",
              "and s.token_hash = :tokenHash and s.revoked_date_time is null"));

  private static final Sql REGISTER_BY_CERTIFICATE =
      Sql.of(REGISTER.formatted("identity_tenant", ""));

  /** The columns of a {@link DeviceState}. */
  static final String STATE_COLUMNS =
      """
      d.tenant_id, d.id device_id, d.device_type, d.model, d.attributes, d.current_versions,
        d.configuration, d.health, d.software_update_health\
      """;

  private static final String STATE =
      "select " + STATE_COLUMNS + " from devices_device d where d.tenant_id = :tenantId and ";

  private static final Sql LOCK = Sql.of(STATE + "d.id = :deviceId for update of d");

  private static final Sql LOCK_PAGE =
      Sql.of(STATE + "d.id > :after order by d.id limit 500 for update of d");

  private static final Sql SAVE_FRESHNESS =
      Sql.of(
          """
          update devices_device d
          set software_update_health = s.software_update_health::jsonb, condition = s.condition
          from unnest(:ids::text[], :softwareUpdateHealth::text[], :conditions::text[])
            as s(id, software_update_health, condition)
          where d.tenant_id = :tenantId and d.id = s.id
          """);

  // Most of what a device says changes nothing here: then no row is written.
  private static final Sql SAVE_STATE =
      Sql.of(
          """
          update devices_device d
          set current_versions = n.versions, configuration = n.configuration,
            software_update_health = n.health, condition = n.condition
          from (values (:currentVersions::jsonb, :configuration::jsonb,
              :softwareUpdateHealth::jsonb, :condition))
            as n(versions, configuration, health, condition)
          where tenant_id = :tenantId and id = :deviceId
            and (d.current_versions, d.configuration, d.software_update_health, d.condition)
              is distinct from (n.versions, n.configuration, n.health, n.condition)
          """);

  private static final String DERIVED =
      """
      current_versions = :currentVersions, configuration = :configuration,
        software_update_health = :softwareUpdateHealth, condition = :condition
      where tenant_id = :tenantId and id = :deviceId
      """;

  private static final Sql SAVE_INSTALLED =
      Sql.of(
          "update devices_device set installed_action_id = :actionNumber, attributes_wanted = true,"
              + " "
              + DERIVED);

  private static final Sql SAVE_ATTRIBUTES =
      Sql.of(
          """
          update devices_device
          set attributes = :attributes, attributes_wanted = false,
            manufacturer = coalesce(:manufacturer, manufacturer),
            model = coalesce(:model, model),
            serial_number = coalesce(:serialNumber, serial_number),
            unique_id = coalesce(:uniqueId, unique_id),
            mac_addresses = coalesce(:macAddresses::text[], mac_addresses),
            device_type = coalesce(:deviceType, device_type), agent = coalesce(:agent, agent),
            can_restart = :canRestart, can_run_diagnostics = :canRunDiagnostics,
          """
              + DERIVED);

  private static final Sql SAVE_REPORT =
      Sql.of(
          """
          update devices_device
          set activity = coalesce(:activity, activity),
            activity_date_time
              = case when :activity::jsonb is null then activity_date_time else :now end,
            activity_state = coalesce(:activityState, activity_state),
            configuration_date_time
              = case when :reportedConfiguration::jsonb is null then configuration_date_time
                else :now end,
            health = coalesce(:health, health),
            health_date_time = case when :health::jsonb is null then health_date_time else :now end,
          """
              + DERIVED);

  // Rows in the order of the key, as everywhere: two writers of many rows must not cross.
  // The later sighting stands, unless it is later by so much that the clock was set back since.
  private static final Sql SEEN =
      Sql.of(
          """
          with seen as (
            select * from unnest(:tenantIds::text[], :deviceIds::text[],
              :times::text[]::timestamptz[], :addresses::text[], :offline::text[]::timestamptz[])
              as s(tenant_id, id, seen_at, address, offline_at)
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
          """);

  private static final Sql MARK_DISCONNECTED =
      Sql.of(
          """
          update devices_device
          set connection_status = 'disconnected', connection_date_time = :now
          where offline_date_time <= :now and connection_status <> 'disconnected'
          """);

  private static final DeviceAuthentication.Query AUTHENTICATE =
      new DeviceAuthentication.Query("", "");

  private static final Sql MODIFY =
      Sql.of(
          """
          update devices_device
          set last_modified_by = :by, last_modified_date_time = :now,
            notes = case when :changesNotes then :notes else notes end,
            company_asset_tag
              = case when :changesCompanyAssetTag then :companyAssetTag else company_asset_tag end
          where tenant_id = :tenantId and id = :deviceId
          """);

  private static final Sql DELETE =
      Sql.of("delete from devices_device where tenant_id = :tenantId and id = :deviceId");

  private static final Sql EXISTS =
      Sql.of("select true from devices_device where tenant_id = :tenantId and id = :deviceId");

  private static final Sql ATTRIBUTES =
      Sql.of(
          "select attributes from devices_device where tenant_id = :tenantId and id = :deviceId");

  private static final Sql SAVE_TARGET_TOKEN =
      Sql.of(
          """
          update devices_device
          set target_token_hash = :tokenHash, target_token_date_time = :now,
            controller_id = coalesce(:controllerId, controller_id)
          where tenant_id = :tenantId and id = :deviceId returning controller_id
          """);

  private static final Sql DROP_TARGET_TOKEN =
      Sql.of(
          """
          update devices_device set target_token_hash = null, target_token_date_time = null
          where tenant_id = :tenantId and id = :deviceId
          """);

  private static final Sql SAVE_CERTIFICATE_BLOCK =
      Sql.of(
          """
          update devices_device
          set certificate_blocked_date_time = case when :blocked::timestamptz is not null
            then coalesce(certificate_blocked_date_time, :blocked) end
          where tenant_id = :tenantId and id = :deviceId
          """);

  private static final Sql INSERT_GATEWAY_TOKEN =
      Sql.of(
          """
          insert into devices_gateway_token
            (tenant_id, id, display_name, token_hash, created_by, created_date_time)
          values (:tenantId, :id, :displayName, :tokenHash, :by, :issued)
          """);

  private static final Sql REVOKE_GATEWAY_TOKEN =
      Sql.of(
          """
          update devices_gateway_token set revoked_date_time = :now
          where tenant_id = :tenantId and id = :id and revoked_date_time is null
          """);

  private DeviceStore() {}

  private static Sql of(Sql statement, String tenantId, String deviceId) {
    return statement.with("tenantId", tenantId).with("deviceId", deviceId);
  }

  static void insert(
      Tx tx,
      String tenantId,
      String deviceId,
      NewDevice device,
      DerivedState derived,
      Change change) {
    one(tx, of(INSERT, tenantId, deviceId).with(device).with(derived).with(change));
  }

  static boolean register(
      Tx tx,
      String tenant,
      String deviceId,
      String controllerId,
      DeviceCredential credential,
      Change change) {
    Sql statement =
        switch (credential.kind()) {
          case TARGET -> throw new IllegalArgumentException("a target token registers nothing");
          case GATEWAY -> REGISTER_BY_TOKEN.with("tokenHash", credential.hash());
          case CERTIFICATE -> REGISTER_BY_CERTIFICATE;
        };
    return tx.update(
            statement
                .with("tenant", tenant)
                .with("deviceId", deviceId)
                .with("controllerId", controllerId)
                .with(change))
        > 0;
  }

  static Optional<AuthenticatedDevice> find(
      Tx tx, String tenant, String controllerId, DeviceCredential credential) {
    return tx.one(
            AUTHENTICATE.of(tenant, controllerId, credential), DeviceAuthentication.Claimant.class)
        .map(found -> found.provenBy(credential));
  }

  static boolean modify(
      Tx tx, String tenantId, String deviceId, DeviceChange changed, Change change) {
    return tx.update(of(MODIFY, tenantId, deviceId).with(changed).with(change)) > 0;
  }

  static boolean delete(Tx tx, String tenantId, String deviceId) {
    return tx.update(of(DELETE, tenantId, deviceId)) > 0;
  }

  static boolean exists(Tx tx, String tenantId, String deviceId) {
    return tx.one(of(EXISTS, tenantId, deviceId), Boolean.class).isPresent();
  }

  static Optional<ObjectNode> attributes(Tx tx, AuthenticatedDevice device) {
    return tx.one(ATTRIBUTES.with(device), ObjectNode.class);
  }

  /** Locks a device. */
  static Optional<DeviceState> lock(Tx tx, String tenantId, String deviceId) {
    return tx.one(of(LOCK, tenantId, deviceId), DeviceState.class);
  }

  /** Locks the next devices of a tenant in the order of their ids. */
  static List<DeviceState> lockPage(Tx tx, String tenantId, String after) {
    return tx.list(LOCK_PAGE.with("tenantId", tenantId).with("after", after), DeviceState.class);
  }

  /** The new freshness of a locked device, after the releases changed. */
  record FreshnessChange(String id, String softwareUpdateHealth, String condition) {}

  static void saveFreshness(Tx tx, String tenantId, List<FreshnessChange> changes) {
    int touched =
        tx.update(
            SAVE_FRESHNESS
                .with("tenantId", tenantId)
                .with("ids", changes.stream().map(FreshnessChange::id).toList())
                .with(
                    "softwareUpdateHealth",
                    changes.stream().map(FreshnessChange::softwareUpdateHealth).toList())
                .with("conditions", changes.stream().map(FreshnessChange::condition).toList()));
    if (touched != changes.size()) {
      throw new IllegalStateException(
          "expected to write " + changes.size() + " rows, wrote " + touched);
    }
  }

  /** The part of a device's row that is computed from the rest of it. */
  record DerivedState(
      @Nullable ObjectNode configuration,
      ObjectNode softwareUpdateHealth,
      HealthRules.Condition condition) {}

  /** Saves what follows from a device's state; the row is locked. */
  static void saveState(Tx tx, DeviceState state, DerivedState derived) {
    tx.update(SAVE_STATE.with(state).with(derived));
  }

  /**
   * The same, after an action installed something; the device is asked for its attributes. A
   * statement for others to run with their own.
   */
  static Sql savingInstalled(DeviceState state, DerivedState derived, int actionNumber) {
    return SAVE_INSTALLED.with(state).with(derived).with("actionNumber", actionNumber);
  }

  /** The same, after the device sent its attributes. */
  static void saveAttributes(
      Tx tx, DeviceState state, DerivedState derived, AttributeRules.Facts facts) {
    one(tx, SAVE_ATTRIBUTES.with(state).with(derived).with(facts));
  }

  /** The same, after the device sent documents. */
  static void saveReport(
      Tx tx, DeviceState state, DerivedState derived, DeviceReport report, Instant now) {
    one(
        tx,
        SAVE_REPORT
            .with(state)
            .with(report)
            .with(derived)
            .with("reportedConfiguration", report.configuration())
            .with("now", now));
  }

  /**
   * Saves the hash of a device's token; answers its controller id.
   *
   * @param controllerId null to keep it
   */
  static Optional<String> saveTargetToken(
      Tx tx,
      String tenantId,
      String deviceId,
      @Nullable String controllerId,
      byte[] tokenHash,
      Instant now) {
    return tx.one(
        of(SAVE_TARGET_TOKEN, tenantId, deviceId)
            .with("controllerId", controllerId)
            .with("tokenHash", tokenHash)
            .with("now", now),
        String.class);
  }

  static boolean dropTargetToken(Tx tx, String tenantId, String deviceId) {
    return tx.update(of(DROP_TARGET_TOKEN, tenantId, deviceId)) > 0;
  }

  /** Keeps the time of an earlier block; null ends it. */
  static boolean saveCertificateBlock(
      Tx tx, String tenantId, String deviceId, @Nullable Instant blocked) {
    return tx.update(of(SAVE_CERTIFICATE_BLOCK, tenantId, deviceId).with("blocked", blocked)) > 0;
  }

  static void insertGatewayToken(Tx tx, String tenantId, IssuedGatewayToken token, Change change) {
    one(
        tx,
        INSERT_GATEWAY_TOKEN
            .with("tenantId", tenantId)
            .with(token)
            .with("tokenHash", DeviceCredential.hash(token.token()))
            .with(change));
  }

  static boolean revokeGatewayToken(Tx tx, String tenantId, String id, Instant now) {
    return tx.update(
            REVOKE_GATEWAY_TOKEN.with("tenantId", tenantId).with("id", id).with("now", now))
        > 0;
  }

  /**
   * The last sighting of a device: its time and address, and the time at which it counts as
   * offline.
   */
  record LastSeen(
      String tenantId, String deviceId, Instant time, String address, Instant offline) {}

  static void saveLastSeen(Tx tx, List<LastSeen> devices) {
    tx.update(
        SEEN.with("tenantIds", devices.stream().map(LastSeen::tenantId).toList())
            .with("deviceIds", devices.stream().map(LastSeen::deviceId).toList())
            .with("times", devices.stream().map(one -> one.time().toString()).toList())
            .with("addresses", devices.stream().map(LastSeen::address).toList())
            .with("offline", devices.stream().map(one -> one.offline().toString()).toList()));
  }

  static void markDisconnected(Tx tx, Instant now) {
    tx.update(MARK_DISCONNECTED.with("now", now));
  }

  private static void one(Tx tx, Sql command) {
    int touched = tx.update(command);
    if (touched != 1) {
      throw new IllegalStateException("expected to write one row, wrote " + touched);
    }
  }
}
