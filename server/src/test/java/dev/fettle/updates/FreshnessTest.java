package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.devices.AttributeMode;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.SoftwareType;
import dev.fettle.support.WithPostgres;
import dev.fettle.updates.UpdateFixture.Enrolled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The freshness of devices when releases come while something else goes on. */
@WithPostgres
class FreshnessTest {

  private static final SoftwareType FIRMWARE = SoftwareType.FIRMWARE;
  private static final String STATUS = "software_update_health -> 'firmwareSoftwareUpdateStatus' ";

  private final Db db;
  @TempDir Path folder;
  private UpdateFixture shop;

  FreshnessTest(Db db) {
    this.db = db;
  }

  @BeforeEach
  void open() {
    shop = new UpdateFixture(db, folder);
  }

  /**
   * The device's statement looks at the releases, then waits for its row, which the publication of
   * a newer one is just changing.
   */
  @Test
  void a_report_that_waited_for_a_publication_knows_what_was_published() throws Exception {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    AuthenticatedDevice known = shop.authenticated(device);
    String newer = shop.draft(FIRMWARE, "2.0");
    CountDownLatch held = new CountDownLatch(1);
    // A report that never waits fails the test instead of holding it for ever.
    CompletableFuture<Boolean> reporting =
        new CompletableFuture<Boolean>().orTimeout(1, TimeUnit.MINUTES);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> publication =
          threads.submit(
              () ->
                  db.tx(
                      tx -> {
                        tx.update(
                            Sql.of("update updates_release set state = 'published' where id = :id")
                                .with("id", newer));
                        int devices =
                            tx.update(
                                Sql.of(
                                        """
                                        update devices_device set software_update_health = jsonb_set(
                                          software_update_health,
                                          '{firmwareSoftwareUpdateStatus,availableVersion}', '"2.0"')
                                        where id = :id
                                        """)
                                    .with("id", device.id()));
                        held.countDown();
                        return devices == 1 && reporting.join();
                      }));
      held.await();
      Future<?> report =
          threads.submit(
              () -> shop.attributes(known, AttributeMode.MERGE, Map.of("version.firmware", "1.0")));
      await().until(() -> waitingFor("devices_device") == 1);
      reporting.complete(true);
      assertThat(publication.get()).isTrue();
      report.get();
    }
    assertThat(status(device, "availableVersion")).isEqualTo("2.0");
    assertThat(status(device, "softwareFreshness")).isEqualTo("updateAvailable");
  }

  /** Devices went on as the latest until something else happened to them. */
  @Test
  void a_publication_in_which_the_server_died_reaches_the_devices_afterwards() {
    Enrolled device = shop.device();
    shop.release(FIRMWARE, "1.0");
    shop.attributes(
        shop.authenticated(device), AttributeMode.MERGE, Map.of("version.firmware", "1.0"));
    shop.clock.advance(Duration.ofMinutes(2));
    shop.jobs.runDue();
    @Nullable String before = shop.deviceColumn(device.id(), "software_update_health");
    shop.release(FIRMWARE, "2.0");
    // As if it had died after its transaction.
    int set =
        db.statement(
            tx ->
                tx.update(
                    Sql.of(
                            """
                            update devices_device
                            set software_update_health = :softwareUpdateHealth::jsonb, condition = 'healthy' where id = :id
                            """)
                        .with("softwareUpdateHealth", before)
                        .with("id", device.id())));
    assertThat(set).isEqualTo(1);
    shop.jobs.runDue();
    assertThat(status(device, "softwareFreshness")).isEqualTo("latest");

    shop.clock.advance(Duration.ofMinutes(2));
    shop.jobs.runDue();
    assertThat(status(device, "softwareFreshness")).isEqualTo("updateAvailable");
    assertThat(shop.deviceColumn(device.id(), "condition")).isEqualTo("nonUrgent");
  }

  private @Nullable String status(Enrolled device, String member) {
    return shop.deviceColumn(device.id(), STATUS + "->> '" + member + "'");
  }

  private int waitingFor(String table) {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            """
                            select count(*)::integer n from pg_stat_activity
                            where datname = current_database() and wait_event_type = 'Lock'
                              and query like :query
                            """)
                        .with("query", "%" + table + "%"),
                    Integer.class))
        .orElseThrow();
  }
}
