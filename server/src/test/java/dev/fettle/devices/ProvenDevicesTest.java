package dev.fettle.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProvenDevicesTest {
  private static final DeviceCredential OWN = credential("TargetToken one");

  private final AtomicLong nanos = new AtomicLong();
  private final ProvenDevices proven = new ProvenDevices(nanos::get);

  @Test
  void a_proof_is_believed_for_a_few_seconds() {
    proven.remember("DEFAULT", OWN, device("panel-17"));

    nanos.addAndGet(ProvenDevices.HOLDS.minus(Duration.ofMillis(1)).toNanos());
    assertThat(proven.recall("DEFAULT", "panel-17", OWN)).contains(device("panel-17"));

    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(proven.recall("DEFAULT", "panel-17", OWN)).isEmpty();
  }

  @Test
  void it_is_a_proof_for_the_same_tenant_device_and_token_only() {
    proven.remember("DEFAULT", OWN, device("panel-17"));

    assertThat(proven.recall("OTHER", "panel-17", OWN)).isEmpty();
    assertThat(proven.recall("DEFAULT", "panel-18", OWN)).isEmpty();
    assertThat(proven.recall("DEFAULT", "panel-17", credential("TargetToken two"))).isEmpty();
    assertThat(proven.recall("DEFAULT", "panel-17", credential("GatewayToken one"))).isEmpty();
  }

  @Test
  void what_is_forgotten_has_to_be_proved_again() {
    proven.remember("DEFAULT", OWN, device("panel-17"));
    proven.remember("DEFAULT", OWN, device("panel-18"));

    proven.forget("panel-17");
    assertThat(proven.recall("DEFAULT", "panel-17", OWN)).isEmpty();
    assertThat(proven.recall("DEFAULT", "panel-18", OWN)).isPresent();

    proven.forgetAll();
    assertThat(proven.recall("DEFAULT", "panel-18", OWN)).isEmpty();
  }

  private static DeviceCredential credential(String header) {
    return DeviceCredential.parse(header).orElseThrow();
  }

  private static EnrolledDevice device(String controllerId) {
    return new EnrolledDevice("tenant", "id", controllerId, "unknown", false, false, false, null);
  }
}
