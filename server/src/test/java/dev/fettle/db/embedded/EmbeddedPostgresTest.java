package dev.fettle.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.DbSettings;
import dev.fettle.db.Sql;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The embedded server's life and deaths; one folder for each test. */
class EmbeddedPostgresTest {
  private static final Path PROGRAMS = Path.of("target/postgres-programs").toAbsolutePath();

  private Path folder = Path.of("");

  @BeforeEach
  void a_folder() throws IOException {
    folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "embedded-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    folder = folder.toAbsolutePath();
  }

  @AfterEach
  void clean_up() {
    PostgresBinaries.deleteTree(folder);
  }

  private EmbeddedPostgres start() {
    return start(false);
  }

  private EmbeddedPostgres start(boolean durable) {
    return EmbeddedPostgres.start(
        new EmbeddedPostgres.Options(folder, PROGRAMS, durable, 16), Ids.random());
  }

  private static Db open(EmbeddedPostgres server) {
    return new Db(server.settings(2, 0, Duration.ofSeconds(1), Duration.ofSeconds(5)));
  }

  private static String setting(Db db, String name) {
    return db.statement(
        tx ->
            tx.one(Sql.of("select current_setting(:name) s").with("name", name), r -> r.text("s"))
                .orElseThrow());
  }

  private static void insert(Db db, String command) {
    db.tx(tx -> tx.update(Sql.of(command)));
  }

  private static long count(Db db) {
    return db.statement(
        tx -> tx.one(Sql.of("select count(*) n from kept"), r -> r.bigint("n")).orElseThrow());
  }

  @Test
  void data_outlive_the_server_and_writing_waits_for_the_disk() throws IOException {
    try (EmbeddedPostgres server = start(true);
        Db db = open(server)) {
      assertThat(setting(db, "fsync")).isEqualTo("on");
      assertThat(setting(db, "synchronous_commit")).isEqualTo("on");
      assertThat(setting(db, "server_encoding")).isEqualTo("UTF8");
      insert(db, "create table kept (id text)");
      insert(db, "insert into kept values ('a')");
    }
    assertThat(folder.resolve("data-18/postmaster.pid")).doesNotExist();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("password"))))
        .isEqualTo("rw-------");
    try (EmbeddedPostgres server = start();
        Db db = open(server)) {
      assertThat(count(db)).isOne();
    }
  }

  /** The log quotes statements, and every user of the machine could read it. */
  @Test
  void nobody_else_reads_the_log_even_if_an_earlier_version_left_it_open() throws IOException {
    Path log = Files.writeString(folder.resolve("postgres.log"), "old");
    Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (EmbeddedPostgres server = start()) {
      assertThat(server.pid()).isPositive();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
          .isEqualTo("rw-------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo(EmbeddedPostgres.runsAsAnotherUser() ? "rwx--x--x" : "rwx------");
    }
  }

  @Test
  void nobody_gets_in_without_the_password() {
    try (EmbeddedPostgres server = start()) {
      DbSettings wrong =
          new DbSettings(
              server.url("fettle"),
              "fettle",
              "guess",
              1,
              0,
              Duration.ofSeconds(1),
              Duration.ofSeconds(1));
      assertThatExceptionOfType(RuntimeException.class)
          .isThrownBy(() -> new Db(wrong).close())
          .withMessageContaining("password authentication failed");
    }
  }

  @Test
  void a_second_server_on_the_same_folder_is_told_who_has_it() {
    try (EmbeddedPostgres server = start()) {
      assertThat(server.pid()).isPositive();
      assertThatExceptionOfType(DirectoryLocked.class)
          .isThrownBy(() -> start().close())
          .withMessageContaining("process " + ProcessHandle.current().pid())
          .withMessageContaining("--data");
    }
  }

  @Test
  void a_server_that_dies_under_us_is_away_for_a_moment_and_comes_back_with_its_data() {
    try (EmbeddedPostgres server = start(true);
        Db db = open(server)) {
      insert(db, "create table kept (id text)");
      insert(db, "insert into kept values ('a')");
      long first = server.pid();
      Leftovers.signal(first, "KILL");
      await().until(() -> !ProcessHandle.of(first).map(ProcessHandle::isAlive).orElse(false));
      assertThatExceptionOfType(Refusal.class)
          .isThrownBy(
              () -> {
                for (int i = 0; i < 3; i++) {
                  assertThat(count(db)).isOne();
                }
              })
          .satisfies(
              refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Unavailable.class));
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsInstanceOf(Refusal.class)
          .untilAsserted(() -> assertThat(count(db)).isOne());
      assertThat(server.pid()).isNotEqualTo(first);
    }
  }

  @Test
  void kill_9_of_the_program_stops_the_server_and_the_next_start_has_everything()
      throws IOException, InterruptedException {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                folder.toString(),
                PROGRAMS.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long postgres;
    try (BufferedReader says =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      postgres = Long.parseLong(says.readLine());
      assertThat(ProcessHandle.of(postgres)).isPresent();
      victim.destroyForcibly().waitFor();
    }
    try (EmbeddedPostgres server = start();
        Db db = open(server)) {
      assertThat(count(db)).isOne();
      assertThat(server.pid()).isNotEqualTo(postgres);
      assertThat(alive(postgres)).isFalse();
    }
  }

  private static boolean alive(long pid) throws IOException {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }

  @Test
  void a_process_id_file_that_names_a_stranger_does_not_stop_the_start() throws IOException {
    try (EmbeddedPostgres server = start();
        Db db = open(server)) {
      insert(db, "create table kept (id text)");
    }
    Files.writeString(
        folder.resolve("data-18/postmaster.pid"),
        "%d\n%s\n1\n5432\n\n127.0.0.1\n\nready\n"
            .formatted(ProcessHandle.current().pid(), folder.resolve("data-18")));
    try (EmbeddedPostgres server = start();
        Db db = open(server)) {
      assertThat(count(db)).isZero();
    }
  }

  @Test
  void a_first_start_that_was_cut_off_leaves_nothing_half_made() throws IOException {
    Files.createDirectories(folder.resolve("data-18.new/base"));
    Files.writeString(folder.resolve("data-18.new/PG_VERSION"), "18\n");
    try (EmbeddedPostgres server = start();
        Db db = open(server)) {
      assertThat(setting(db, "server_version_num")).startsWith("18");
    }
    assertThat(folder.resolve("data-18.new")).doesNotExist();
  }

  @Test
  void data_of_another_major_version_are_not_touched() throws IOException {
    Files.createDirectory(folder.resolve("data-17"));
    assertThatExceptionOfType(EmbeddedPostgresFailure.class)
        .isThrownBy(() -> start().close())
        .withMessageContaining("data-17")
        .withMessageContaining("database.url");
  }

  @Test
  void programs_that_may_not_be_run_are_said_to_be_so() throws IOException {
    Path broken = folder.resolve("programs");
    Path postgres = broken.resolve("postgresql-" + PostgresBinaries.VERSION + "/bin/postgres");
    Files.createDirectories(postgres.getParent());
    Files.writeString(postgres, "not a program");
    postgres.toFile().setExecutable(true);
    assertThatExceptionOfType(EmbeddedPostgresFailure.class)
        .isThrownBy(
            () ->
                EmbeddedPostgres.start(
                        new EmbeddedPostgres.Options(folder, broken, true, 16), Ids.random())
                    .close())
        .withMessageContaining("noexec")
        .withMessageContaining("database.url");
  }

  @Test
  void as_root_the_server_runs_as_somebody_else_or_in_a_name_space() throws IOException {
    try (EmbeddedPostgres server = start()) {
      Optional<String> uids =
          Files.readAllLines(Path.of("/proc", Long.toString(server.pid()), "status")).stream()
              .filter(line -> line.startsWith("Uid:"))
              .findFirst();
      assertThat(uids).isPresent();
      if (RunAs.processUser() == 0) {
        assertThat(uids.get()).doesNotContain("\t0\t");
      }
    }
  }

  @Test
  void the_archive_can_be_unpacked_without_xz() {
    Path unpacked = PostgresBinaries.unpack(folder.resolve("programs"), false);
    assertThat(
            Commands.run(List.of(unpacked.resolve("bin/postgres").toString(), "--version"))
                .output())
        .contains("PostgreSQL) 18");
    assertThat(Commands.run(List.of(unpacked.resolve("bin/initdb").toString(), "--version")).ok())
        .isTrue();
  }

  /** A program that starts the server, writes a row, says the server's process id and waits. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws IOException {
      EmbeddedPostgres server =
          EmbeddedPostgres.start(
              new EmbeddedPostgres.Options(Path.of(args[0]), Path.of(args[1]), true, 16),
              Ids.random());
      Db db = open(server);
      insert(db, "create table kept (id text)");
      insert(db, "insert into kept values ('a')");
      System.out.println(server.pid());
      System.out.flush();
      int end = System.in.read();
      System.exit(end);
    }
  }
}
