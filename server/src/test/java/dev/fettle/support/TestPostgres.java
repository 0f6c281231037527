package dev.fettle.support;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.db.Migrations;
import dev.fettle.db.Sql;
import dev.fettle.db.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One throw-away PostgreSQL for a run of tests, with a migrated template; each test class gets a
 * clone of it. The programs are unpacked once into {@code target}, the data are thrown away.
 */
public final class TestPostgres implements AutoCloseable {
  private static final String TEMPLATE = "fettle_template";

  private final Path folder;
  private final EmbeddedPostgres server;
  private final Db admin;
  private final AtomicInteger clones = new AtomicInteger();

  /** Starts the server and migrates the template. */
  public TestPostgres() {
    try {
      Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
      folder = Files.createTempDirectory(target, "test-postgres-");
      // Made owner-only by createTempDirectory, and the server may run as another user.
      Files.setPosixFilePermissions(
          folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
      server =
          EmbeddedPostgres.start(
              new EmbeddedPostgres.Options(folder, target.resolve("postgres-programs"), false, 300),
              Ids.random());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    admin = new Db(settings("postgres", 2));
    execute("create database " + TEMPLATE);
    try (Db template = new Db(settings(TEMPLATE, 1))) {
      new Migrations(settings(TEMPLATE, 1), template).apply();
    }
  }

  /** A fresh database with the whole schema and no rows; where it is. */
  public synchronized DbSettings clone(int connections) {
    String name = "test_" + clones.incrementAndGet();
    execute("create database " + name + " template " + TEMPLATE);
    return settings(name, connections);
  }

  /** The URL, user and password of the server's maintenance database. */
  public DbSettings maintenance() {
    return settings("postgres", 2);
  }

  private DbSettings settings(String database, int connections) {
    DbSettings base =
        server.settings(connections, 0, Duration.ofSeconds(10), Duration.ofSeconds(20));
    return new DbSettings(
        server.url(database),
        base.user(),
        base.password(),
        connections,
        0,
        base.admissionWait(),
        base.statementTimeout());
  }

  private void execute(String command) {
    int touched = admin.statement(tx -> tx.update(Sql.of(command)));
    assert touched == 0;
  }

  @Override
  public void close() {
    admin.close();
    server.close();
    deleteTree(folder);
  }

  private static void deleteTree(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
