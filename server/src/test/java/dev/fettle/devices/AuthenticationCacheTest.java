package dev.fettle.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AuthenticationCacheTest {
  private static final DeviceCredential OWN = credential("TargetToken one");

  private final AtomicLong nanos = new AtomicLong();
  private final AuthenticationCache cache = new AuthenticationCache(nanos::get);

  @Test
  void a_proof_is_believed_for_a_few_seconds() {
    cache.put("DEFAULT", OWN, device("panel-17"));

    nanos.addAndGet(AuthenticationCache.LIFETIME.minus(Duration.ofMillis(1)).toNanos());
    assertThat(cache.find("DEFAULT", "panel-17", OWN)).contains(device("panel-17"));

    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(cache.find("DEFAULT", "panel-17", OWN)).isEmpty();
  }

  @Test
  void it_is_a_proof_for_the_same_tenant_device_and_token_only() {
    cache.put("DEFAULT", OWN, device("panel-17"));

    assertThat(cache.find("OTHER", "panel-17", OWN)).isEmpty();
    assertThat(cache.find("DEFAULT", "panel-18", OWN)).isEmpty();
    assertThat(cache.find("DEFAULT", "panel-17", credential("TargetToken two"))).isEmpty();
    assertThat(cache.find("DEFAULT", "panel-17", credential("GatewayToken one"))).isEmpty();
  }

  @Test
  void what_is_forgotten_has_to_be_proved_again() {
    cache.put("DEFAULT", OWN, device("panel-17"));
    cache.put("DEFAULT", OWN, device("panel-18"));

    cache.remove("panel-17");
    assertThat(cache.find("DEFAULT", "panel-17", OWN)).isEmpty();
    assertThat(cache.find("DEFAULT", "panel-18", OWN)).isPresent();

    cache.clear();
    assertThat(cache.find("DEFAULT", "panel-18", OWN)).isEmpty();
  }

  private static DeviceCredential credential(String header) {
    return DeviceCredential.parse(header).orElseThrow();
  }

  private static AuthenticatedDevice device(String controllerId) {
    return new AuthenticatedDevice(
        "tenant", "id", controllerId, "unknown", false, false, false, null);
  }
}
