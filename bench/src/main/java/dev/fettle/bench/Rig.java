package dev.fettle.bench;

import dev.fettle.app.Application;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.db.Migrations;
import dev.fettle.db.Sql;
import dev.fettle.db.embedded.EmbeddedPostgres;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Handler;
import dev.fettle.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a suite is measured on: an embedded PostgreSQL in a folder of its own, the product and the
 * suite's bare handlers over one pool behind one server.
 */
final class Rig implements AutoCloseable {

  static final int POOL = 16;

  /** The installation that a suite fills and measures. */
  record Installation(Db db, Application application, Ids ids) {}

  private final Path folder;
  private final EmbeddedPostgres postgres;
  private final Db db;
  private final Application application;
  private final Handler handler;
  private final HttpServer server;

  /** Starts everything and lets the suite fill the database. */
  Rig(Suite suite) throws IOException, InterruptedException {
    Ids ids = Ids.random();
    folder = Files.createTempDirectory("fettle-bench");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    postgres = EmbeddedPostgres.start(EmbeddedPostgres.Options.in(folder), ids);
    DbSettings settings =
        postgres.settings(POOL, POOL, Duration.ofSeconds(10), Duration.ofSeconds(60));
    db = new Db(settings);
    new Migrations(settings, db).apply();
    application =
        new Application(
            new dev.fettle.app.Infrastructure(
                db,
                GraphVersion.schemas(),
                suite::caller,
                InstantSource.system(),
                ids,
                folder.resolve("data"),
                new byte[32]),
            suite.settings(folder.resolve("data")));
    db.statement(
        tx ->
            tx.update(
                Sql.assembled(
                    """
                    insert into identity_tenant (tenant_id, ddi_name, name, created_date_time)
                    values (?, 'DEFAULT', 'Bench', now())
                    """,
                    Arrays.asList(Suite.TENANT))));
    suite.fill(new Installation(db, application, ids));
    Map<String, Handler> bare = suite.bare(db, ids);
    db.statement(tx -> tx.update(Sql.of("vacuum analyze")));
    handler =
        request -> {
          if (request.rawPath().startsWith("/bare/")) {
            for (Map.Entry<String, Handler> entry : bare.entrySet()) {
              if (request.rawPath().startsWith(entry.getKey())) {
                return entry.getValue().handle(request);
              }
            }
          }
          return application.handler().handle(request);
        };
    server =
        HttpServer.start(
            List.of(new HttpServer.Listener("bench", InetAddress.getLoopbackAddress(), 0, null)),
            handler);
  }

  Db db() {
    return db;
  }

  Handler handler() {
    return handler;
  }

  int port() {
    return server.port("bench");
  }

  @Override
  public void close() throws IOException {
    server.close();
    application.close();
    db.close();
    postgres.close();
    delete(folder);
  }

  /** Removes a folder with everything in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
