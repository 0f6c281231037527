package dev.fettle.updates;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.devices.DeviceSeed;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess;
import dev.fettle.support.TestClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * The application in process with the documented devices, releases and operations in its tenant.
 */
final class SeededServer implements AutoCloseable {

  static final String DEVICE = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
  static final String READER = InProcess.app("TeamworkDevice.Read.All");
  static final String WRITER = InProcess.app("TeamworkDevice.ReadWrite.All");

  final TestClock clock = new TestClock();
  final InProcess server;
  final Db db;

  SeededServer(Db db, Path data) {
    this.db = db;
    server = new InProcess(db, clock, Ids.random(), data);
    db.statement(
        tx ->
            tx.update(
                Sql.of(
                        """
                        insert into identity_tenant (tenant_id, ddi_name, name, created_date_time)
                        values (:tenantId, 'DEFAULT', 'Contoso', :now) on conflict do nothing
                        """)
                    .with("tenantId", InProcess.TENANT)
                    .with("now", clock.instant())));
    seed(db, data, InProcess.TENANT);
  }

  /** Puts the seed documents into a tenant. */
  static void seed(Db db, Path data, String tenantId) {
    new DeviceSeed(db).apply(tenantId, document("devices"));
    new UpdateSeed(db, new ContentStore(data.resolve("files"), Ids.random()))
        .apply(tenantId, document("updates"));
  }

  /** The text of both documents. */
  static String documents() {
    return Json.text(document("devices")) + Json.text(document("updates"));
  }

  private static JsonNode document(String name) {
    try (InputStream in =
        Objects.requireNonNull(
            SeededServer.class.getResourceAsStream("/seed/" + name + ".json"), name)) {
      return Json.readTrusted(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
