package dev.fettle.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.Devices.RepeatedVersions;
import dev.fettle.identity.Caller;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithPostgres
class DevicePresenceTest {

  private static final Duration SLEEP = Duration.ofMinutes(5);
  private static final DeviceUpdates NONE =
      new DeviceUpdates() {
        @Override
        public Map<SoftwareType, String> newest(
            Tx tx, String tenantId, String deviceType, @Nullable String model) {
          return Map.of();
        }

        @Override
        public void deviceRetired(Tx tx, String tenantId, String deviceId) {}

        @Override
        public void versionsReported(
            Tx tx, String tenantId, String deviceId, Map<SoftwareType, String> versions) {}
      };

  private final Db db;
  private final TestClock clock = new TestClock();
  private final String tenant = UUID.randomUUID().toString();
  private final Caller caller =
      new Caller(tenant, Caller.Kind.APPLICATION, "app", null, null, null, Set.of());

  private Devices devices;
  private DevicePresence seen;

  DevicePresenceTest(Db db) {
    this.db = db;
  }

  @BeforeEach
  void build() {
    Ids ids = Ids.random();
    devices = new Devices(db, clock, ids, new AuditTrail(db, clock, ids, Duration.ofDays(1)), NONE);
    seen = new DevicePresence(db, clock.instant(), SLEEP);
  }

  private AuthenticatedDevice device() {
    String id = DeviceFixture.enrol(devices, caller, DeviceType.IP_PHONE, null, null);
    IssuedCredential issued = devices.issueCredential(caller, id, null);
    return devices.authenticate(
        tenant, id, DeviceCredential.parse("TargetToken " + issued.token()).orElseThrow());
  }

  private String column(AuthenticatedDevice device, String expression) {
    return db.statement(
            tx ->
                tx.list(
                    Sql.of(
                            "select coalesce(("
                                + expression
                                + ")::text, '') answer"
                                + " from devices_device where tenant_id = :tenantId and id = :id")
                        .with("tenantId", tenant)
                        .with("id", device.deviceId()),
                    String.class))
        .getFirst();
  }

  @Test
  void a_device_is_offline_after_three_missed_polls_and_back_with_the_next() {
    AuthenticatedDevice device = device();
    devices.attributes(
        device, AttributeMode.MERGE, Map.of("version.firmware", "1"), RepeatedVersions.ACCEPTED);
    assertThat(column(device, "connection_status")).isEqualTo("unknown");
    seen.seen(device, clock.instant(), "10.0.0.1", SLEEP);
    seen.write();
    assertThat(column(device, "connection_status")).isEqualTo("connected");
    assertThat(column(device, "health_status")).isEqualTo("healthy");
    assertThat(column(device, "last_seen_address")).isEqualTo("10.0.0.1");

    clock.advance(SLEEP.multipliedBy(3));
    seen.markDisconnected(clock.instant());
    assertThat(column(device, "health_status")).as("still in time").isEqualTo("healthy");
    clock.advance(Duration.ofMinutes(2));
    seen.markDisconnected(clock.instant());
    assertThat(column(device, "health_status")).isEqualTo("offline");
    assertThat(column(device, "connection_date_time = '" + clock.instant() + "'::timestamptz"))
        .isEqualTo("true");

    seen.seen(device, clock.instant(), "10.0.0.2", SLEEP);
    seen.write();
    assertThat(column(device, "health_status")).isEqualTo("healthy");
  }

  @Test
  void nobody_is_called_offline_in_the_first_moments_after_a_start() {
    AuthenticatedDevice device = device();
    seen.seen(device, clock.instant(), "10.0.0.1", SLEEP);
    seen.write();
    clock.advance(Duration.ofDays(2));
    DevicePresence restarted = new DevicePresence(db, clock.instant(), SLEEP);
    restarted.markDisconnected(clock.instant());
    assertThat(column(device, "connection_status")).isEqualTo("connected");
    clock.advance(SLEEP.multipliedBy(3));
    restarted.markDisconnected(clock.instant());
    assertThat(column(device, "connection_status")).isEqualTo("disconnected");
  }

  // What was written lay hours ahead: nothing was written over it, and nobody was found silent.
  @Test
  void a_clock_that_is_set_back_by_hours_does_not_hide_who_is_there_and_who_is_not() {
    AuthenticatedDevice device = device();
    seen.seen(device, clock.instant(), "10.0.0.1", SLEEP);
    seen.write();
    clock.set(clock.instant().minus(Duration.ofHours(6)));
    seen.markDisconnected(clock.instant());
    seen.seen(device, clock.instant(), "10.0.0.2", SLEEP);
    seen.write();
    assertThat(column(device, "last_seen_address")).isEqualTo("10.0.0.2");

    clock.advance(SLEEP.multipliedBy(3).plusMinutes(2));
    seen.markDisconnected(clock.instant());
    assertThat(column(device, "connection_status")).isEqualTo("disconnected");
  }

  @Test
  void of_two_servers_each_writes_what_it_saw_and_neither_makes_the_others_devices_silent() {
    AuthenticatedDevice device = device();
    Duration quick = Duration.ofSeconds(1);
    DevicePresence other = new DevicePresence(db, clock.instant(), quick);
    seen.seen(device, clock.instant(), "10.0.0.1", quick);
    seen.write();
    // It goes on polling at this server, whose next writing is the whole time between two away.
    clock.advance(quick);
    seen.seen(device, clock.instant(), "10.0.0.1", quick);
    clock.advance(DevicePresence.WRITTEN_EVERY);
    other.markDisconnected(clock.instant());
    assertThat(column(device, "connection_status")).isEqualTo("connected");

    // Then at the other one, and the later sighting stands whoever writes first.
    other.seen(device, clock.instant(), "10.0.0.2", quick);
    other.write();
    seen.write();
    assertThat(column(device, "last_seen_address")).isEqualTo("10.0.0.2");
  }

  @Test
  void many_sightings_are_few_statements_and_none_when_there_are_none() {
    List<AuthenticatedDevice> fleet =
        java.util.stream.Stream.generate(this::device).limit(20).toList();
    fleet.forEach(one -> seen.seen(one, clock.instant(), "10.0.0.1", SLEEP));
    long before = db.statements();
    seen.write();
    assertThat(db.statements() - before).isEqualTo(1);
    before = db.statements();
    seen.write();
    assertThat(db.statements() - before).isZero();
    assertThat(fleet).allMatch(one -> column(one, "connection_status").equals("connected"));
  }

  @Test
  void a_new_target_token_ends_the_old_one_and_revoking_ends_both() {
    AuthenticatedDevice device = device();
    IssuedCredential first = devices.issueCredential(caller, device.deviceId(), "panel-" + tenant);
    IssuedCredential second = devices.issueCredential(caller, device.deviceId(), null);
    assertThat(second.controllerId()).isEqualTo("panel-" + tenant);
    assertThat(second.token()).matches("[0-9a-f]{32}");
    assertThat(column(device, "encode(target_token_hash, 'hex')")).isNotEqualTo(second.token());
    assertThat(accepted(first)).isFalse();
    assertThat(accepted(second)).isTrue();
    devices.revokeCredential(caller, device.deviceId());
    assertThat(accepted(second)).isFalse();
  }

  private boolean accepted(IssuedCredential issued) {
    try {
      devices.authenticate(
          tenant,
          issued.controllerId(),
          DeviceCredential.parse("TargetToken " + issued.token()).orElseThrow());
      return true;
    } catch (dev.fettle.base.Refusal refused) {
      return false;
    }
  }

  @Test
  void a_controller_id_is_one_device() {
    AuthenticatedDevice one = device();
    AuthenticatedDevice other = device();
    devices.issueCredential(caller, one.deviceId(), "same-" + tenant);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> devices.issueCredential(caller, other.deviceId(), "same-" + tenant))
        .isInstanceOfSatisfying(
            dev.fettle.base.Refusal.class,
            refusal ->
                assertThat(refusal.reason()).isInstanceOf(dev.fettle.base.Reason.Conflict.class));
  }

  @Test
  void the_scheme_of_a_device_credential_is_taken_to_the_letter() {
    assertThat(DeviceCredential.parse("TargetToken abc")).isPresent();
    assertThat(DeviceCredential.parse("GatewayToken abc")).isPresent();
    for (String header :
        List.of("targettoken abc", "TargetToken", "TargetToken ", "Bearer abc", "")) {
      assertThat(DeviceCredential.parse(header)).as(header).isEmpty();
    }
    assertThat(DeviceCredential.parse(null)).isEmpty();
  }
}
