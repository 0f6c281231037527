package dev.fettle.db.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.base.FilePermissions;
import dev.fettle.base.Ids;
import dev.fettle.db.DbSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of our own, whose data outlives us and whose process does not.
 *
 * <p>It listens on loopback only, asks for a password that only the data's owner can read, and
 * writes to disk before it says so. One Fettle at a time may use a folder. The server stops when
 * this process does, even by {@code kill -9}: the kernel then sends it the signal for a fast and
 * clean shutdown. A leftover of an earlier life is stopped before a new one starts, and a server
 * that dies under us is started again.
 *
 * <p>The folder holds the unpacked programs, {@code data-18} (the cluster), {@code password},
 * {@code lock} and {@code postgres.log} (of the present run).
 */
public final class EmbeddedPostgres implements AutoCloseable {
  /** The version of the PostgreSQL that travels with us. */
  public static String version() {
    return PostgresBinaries.VERSION;
  }

  /** True if the server will run as another user than we do, who has to reach its folder. */
  public static boolean runsAsAnotherUser() {
    return Files.exists(Path.of("/proc/self/status")) && RunAs.processUser() == 0;
  }

  static final String USER = "fettle";
  static final String DATABASE = "fettle";

  private static final Duration STOP = Duration.ofSeconds(20);

  /**
   * Settings of an embedded server.
   *
   * @param folder everything that is kept
   * @param programs where the programs are unpacked to; may be shared
   * @param durable false only for tests: no waiting for the disk
   * @param maxConnections how many connections the server allows
   */
  public record Options(Path folder, Path programs, boolean durable, int maxConnections) {
    /** The usual: everything in one folder, durable. */
    public static Options in(Path folder) {
      return new Options(folder, folder, true, 64);
    }
  }

  private final DirectoryLock lock;
  private final PostgresProcess process;
  private final int port;
  private final String password;

  private EmbeddedPostgres(DirectoryLock lock, PostgresProcess process, int port, String password) {
    this.lock = lock;
    this.process = process;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts the server, making its data first if there are none.
   *
   * @throws DirectoryLocked if another process uses the folder
   * @throws EmbeddedPostgresFailure if it cannot run here, with the reason
   */
  public static EmbeddedPostgres start(Options options, Ids ids) {
    Path folder = options.folder().toAbsolutePath().normalize();
    makeFolders(folder, options.programs());
    DirectoryLock lock = DirectoryLock.take(folder);
    try {
      return startLocked(options, folder, lock, ids);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static EmbeddedPostgres startLocked(
      Options options, Path folder, DirectoryLock lock, Ids ids) {
    refuseOtherMajor(folder);
    Path programs = PostgresBinaries.unpack(options.programs().toAbsolutePath().normalize());
    Path data = folder.resolve("data-" + PostgresBinaries.MAJOR);
    Path postgres = programs.resolve("bin/postgres");
    RunAs runAs =
        RunAs.find(postgres, data)
            .orElseThrow(() -> new EmbeddedPostgresFailure(whyNotRunnable(postgres, data)));
    String password = password(folder, ids);
    if (!Files.isDirectory(data)) {
      initialise(options, folder, programs, data, runAs, password);
    }
    Leftovers.clear(data);
    Path log = folder.resolve("postgres.log");
    closeToOthers(folder, log);
    int port = freePort();
    List<String> command = new ArrayList<>();
    command.add(postgres.toString());
    command.addAll(List.of("-D", data.toString()));
    settings(options, port).forEach(setting -> command.addAll(List.of("-c", setting)));
    PostgresProcess process = PostgresProcess.start(runAs.command(command), data, log);
    return new EmbeddedPostgres(lock, process, port, password);
  }

  /** Settings of a connection to it. */
  public DbSettings settings(
      int connections, int idleConnections, Duration admissionWait, Duration statementTimeout) {
    return new DbSettings(
        url(DATABASE),
        USER,
        password,
        connections,
        idleConnections,
        admissionWait,
        statementTimeout);
  }

  /** The JDBC URL of one of its databases. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
  }

  /** The process id of the server, for messages and tests. */
  public long pid() {
    return process.pid();
  }

  /** Stops the server cleanly and gives up the folder. */
  @Override
  public void close() {
    process.stop(STOP);
    lock.close();
  }

  private static List<String> settings(Options options, int port) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "port=" + port,
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=" + options.maxConnections(),
                "shared_buffers=32MB",
                "max_wal_size=256MB",
                "min_wal_size=32MB",
                "wal_level=minimal",
                "max_wal_senders=0",
                "io_method=sync",
                "max_parallel_workers_per_gather=0",
                // A fleet registers within a minute: plans that were made for empty tables must not
                // outlive that, and they go when the tables' statistics are taken anew.
                "autovacuum_naptime=5s",
                "jit=off",
                "huge_pages=off",
                "log_checkpoints=off",
                "timezone=UTC",
                "log_timezone=UTC"));
    if (!options.durable()) {
      settings.addAll(List.of("fsync=off", "synchronous_commit=off", "full_page_writes=off"));
    }
    return settings;
  }

  private static void makeFolders(Path folder, Path programs) {
    try {
      Files.createDirectories(folder);
      Files.createDirectories(programs);
    } catch (IOException e) {
      throw new EmbeddedPostgresFailure(
          "The folder %s cannot be made: %s.".formatted(folder, e.getMessage()), e);
    }
  }

  /** The log quotes statements, and what was in them. */
  private static void closeToOthers(Path folder, Path log) {
    try {
      if (!Files.exists(log)) {
        Files.createFile(log, FilePermissions.privateFile());
      }
      FilePermissions.restrict(log, false);
      FilePermissions.restrict(folder.resolve("lock"), false);
      FilePermissions.restrict(folder, runsAsAnotherUser());
    } catch (IOException e) {
      throw new EmbeddedPostgresFailure(
          "The folder %s cannot be closed to others: %s.".formatted(folder, e.getMessage()), e);
    }
  }

  private static void refuseOtherMajor(Path folder) {
    try (Stream<Path> content = Files.list(folder)) {
      content
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("data-\\d+"))
          .filter(name -> !name.equals("data-" + PostgresBinaries.MAJOR))
          .findFirst()
          .ifPresent(
              name -> {
                throw new EmbeddedPostgresFailure(
                    "The data in %s/%s belong to another major version of PostgreSQL than %s. See UPGRADING.md."
                        .formatted(folder, name, PostgresBinaries.MAJOR));
              });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }

  private static String whyNotRunnable(Path postgres, Path data) {
    Commands.Outcome direct = Commands.run(List.of(postgres.toString(), "--version"));
    if (!direct.ok()) {
      return "The program %s cannot be run (%s): the folder may be mounted noexec, or lack the C library that it needs. Choose another data directory with --data."
          .formatted(postgres, direct.output().strip());
    }
    return "PostgreSQL does not run as root, and no other user can be used here for %s: neither setpriv nor unshare works, or the folder cannot be reached by the users postgres or nobody. Run Fettle as an ordinary user, or choose a data directory that others may enter with --data."
        .formatted(data);
  }

  private static String password(Path folder, Ids ids) {
    Path file = folder.resolve("password");
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      String password = ids.hex(24);
      writeSecret(file, password);
      return password;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the database's password in " + file, e);
    }
  }

  private static void writeSecret(Path file, String secret) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(file, FilePermissions.privateFile());
    Files.writeString(file, secret, StandardOpenOption.WRITE);
  }

  /**
   * Makes the cluster and our database in a folder beside the real one, which it becomes by one
   * rename: a power cut in between leaves nothing half made.
   */
  private static void initialise(
      Options options, Path folder, Path programs, Path data, RunAs runAs, String password) {
    Path fresh = folder.resolve(data.getFileName() + ".new");
    Path passwordFile = folder.resolve("password.new");
    try {
      PostgresBinaries.deleteTree(fresh);
      Files.createDirectory(fresh, FilePermissions.privateFolder());
      writeSecret(passwordFile, password);
      if (runAs.owner() != null) {
        give(runAs.owner(), fresh, passwordFile);
      }
      List<String> initdb =
          new ArrayList<>(
              List.of(
                  programs.resolve("bin/initdb").toString(),
                  "-D",
                  fresh.toString(),
                  "-U",
                  USER,
                  "-A",
                  "scram-sha-256",
                  "--pwfile=" + passwordFile,
                  "-E",
                  "UTF8",
                  "--locale-provider=builtin",
                  "--builtin-locale=C.UTF-8",
                  "--locale=C",
                  "--no-instructions"));
      if (!options.durable()) {
        initdb.add("--no-sync");
      }
      demand(Commands.run(runAs.command(initdb), folder, null), "initdb");
      demand(
          Commands.run(
              runAs.command(
                  List.of(
                      programs.resolve("bin/postgres").toString(),
                      "--single",
                      "-D",
                      fresh.toString(),
                      "postgres")),
              folder,
              "create database " + DATABASE + "\n"),
          "create database");
      Files.move(fresh, data);
    } catch (IOException e) {
      throw new EmbeddedPostgresFailure(
          "The database cannot be made in %s: %s.".formatted(folder, e), e);
    } finally {
      passwordFile.toFile().delete();
    }
  }

  private static void give(String owner, Path... paths) throws IOException {
    for (Path path : paths) {
      String[] numbers = owner.split(":", -1);
      Files.setAttribute(path, "unix:uid", Integer.parseInt(numbers[0]));
      Files.setAttribute(path, "unix:gid", Integer.parseInt(numbers[1]));
    }
  }

  private static void demand(Commands.Outcome outcome, String step) {
    if (!outcome.ok()) {
      throw new EmbeddedPostgresFailure(
          "The database cannot be made: %s ended with %d: %s."
              .formatted(step, outcome.exitCode(), outcome.output().strip()));
    }
  }

  private static int freePort() {
    try (ServerSocket socket =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on 127.0.0.1", e);
    }
  }

  static String tail(Path log) {
    try {
      List<String> lines = Files.readString(log, UTF_8).lines().toList();
      return String.join(" | ", lines.subList(Math.max(0, lines.size() - 6), lines.size()));
    } catch (IOException e) {
      return "no log: " + e.getMessage();
    }
  }
}
