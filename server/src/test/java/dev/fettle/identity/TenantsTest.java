package dev.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.support.WithPostgres;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@WithPostgres
class TenantsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T20:00:00Z");

  private final Db db;
  private final String id = UUID.randomUUID().toString();

  TenantsTest(Db db) {
    this.db = db;
  }

  @Test
  void an_unknown_tenant_comes_into_being_at_first_use_in_development_only() {
    assertThat(tenants(Tenants.Birth.BY_OPERATOR).admit(id)).isEmpty();

    assertThat(tenants(Tenants.Birth.AT_FIRST_USE).admit(id)).contains(new Tenant(id, id, id, NOW));
    assertThat(tenants(Tenants.Birth.BY_OPERATOR).admit(id)).isPresent();
  }

  @Test
  void only_a_guid_becomes_a_tenant_at_first_use() {
    assertThat(tenants(Tenants.Birth.AT_FIRST_USE).admit("contoso.example")).isEmpty();
    assertThat(tenants(Tenants.Birth.AT_FIRST_USE).admit("../" + id)).isEmpty();
    assertThat(tenants(Tenants.Birth.AT_FIRST_USE).admit("")).isEmpty();
  }

  @Test
  void letter_case_of_a_guid_does_not_make_another_tenant() {
    Tenants tenants = tenants(Tenants.Birth.AT_FIRST_USE);

    assertThat(tenants.admit(id.toUpperCase(Locale.ROOT))).isEqualTo(tenants.admit(id));
  }

  @Test
  void looking_for_a_tenant_never_makes_one() {
    assertThat(tenants(Tenants.Birth.AT_FIRST_USE).find(id)).isEmpty();
    assertThat(tenants(Tenants.Birth.AT_FIRST_USE).findByDdiNameOrId(id)).isEmpty();
    assertThat(tenants(Tenants.Birth.BY_OPERATOR).admit(id)).isEmpty();
  }

  @Test
  void a_tenant_is_found_by_its_ddi_name_and_by_its_id() {
    String ddiName = "SITE-" + id.substring(0, 8);
    Tenant made = tenants(Tenants.Birth.BY_OPERATOR).ensure(id, ddiName, "Contoso");

    assertThat(tenants(Tenants.Birth.BY_OPERATOR).findByDdiNameOrId(ddiName)).contains(made);
    assertThat(tenants(Tenants.Birth.BY_OPERATOR).findByDdiNameOrId(id)).contains(made);
  }

  @Test
  void a_known_tenant_costs_no_statement() {
    Tenants tenants = tenants(Tenants.Birth.AT_FIRST_USE);
    assertThat(tenants.admit(id)).isPresent();
    long before = db.statements();

    assertThat(tenants.admit(id)).isPresent();
    assertThat(tenants.findByDdiNameOrId(id)).isPresent();

    assertThat(db.statements()).isEqualTo(before);
  }

  @Test
  void two_tenants_cannot_share_a_ddi_name() {
    String ddiName = "SITE-" + id.substring(0, 8);
    Tenants tenants = tenants(Tenants.Birth.BY_OPERATOR);
    assertThat(tenants.ensure(id, ddiName, null).name()).isEqualTo(id);

    assertThatThrownBy(() -> tenants.ensure(UUID.randomUUID().toString(), ddiName, null))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Conflict.class));
  }

  @Test
  void names_that_could_walk_a_path_are_refused() {
    Tenants tenants = tenants(Tenants.Birth.BY_OPERATOR);

    assertThatThrownBy(() -> tenants.ensure("../etc", null, null)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> tenants.ensure(id, "a/b", null)).isInstanceOf(Refusal.class);
  }

  @Test
  void simultaneous_first_uses_make_one_tenant() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, 20)
              .mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            go.await();
                            return tenants(Tenants.Birth.AT_FIRST_USE).admit(id);
                          }))
              .toList();
      go.countDown();
      for (var answer : answers) {
        assertThat(answer.get()).contains(new Tenant(id, id, id, NOW));
      }
    }
  }

  private Tenants tenants(Tenants.Birth birth) {
    return new Tenants(db, InstantSource.fixed(NOW), birth);
  }
}
