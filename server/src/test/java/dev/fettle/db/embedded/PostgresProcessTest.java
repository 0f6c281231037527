package dev.fettle.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thread that keeps the server, with a process in its place that starts only when it may. */
class PostgresProcessTest {
  private static final String SCRIPT =
      """
      echo started
      test -e refuse && exit 3
      printf '%s\\n2\\n3\\n4\\n5\\n6\\n7\\nready\\n' $$ > postmaster.pid
      exec sleep 300
      """;

  @TempDir private Path folder = Path.of("");

  private List<String> command() {
    return List.of("sh", "-c", "cd " + folder + "\n" + SCRIPT);
  }

  // One start that failed, for want of memory say, ended the thread: the database that had died was
  // never started again.
  @Test
  void a_server_that_dies_and_cannot_start_again_at_first_is_started_until_it_can()
      throws IOException {
    Path log = folder.resolve("log");
    PostgresProcess server = PostgresProcess.start(command(), folder, log);
    try {
      long first = server.pid();
      Path refuse = Files.createFile(folder.resolve("refuse"));
      Leftovers.signal(first, "KILL");
      await().until(() -> server.pid() != first && Files.readString(log).equals("started\n"));
      long second = server.pid();
      await().atMost(Duration.ofSeconds(20)).until(() -> server.pid() != second);

      Files.delete(refuse);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> ProcessHandle.of(server.pid()).map(ProcessHandle::isAlive).orElse(false));
      long last = server.pid();
      await()
          .until(
              () ->
                  Files.exists(folder.resolve("postmaster.pid"))
                      && Files.readString(folder.resolve("postmaster.pid"))
                          .startsWith(last + "\n"));
    } finally {
      server.stop(Duration.ofSeconds(10));
    }
    assertThat(ProcessHandle.of(server.pid()).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void a_server_that_cannot_start_at_all_is_given_up() throws IOException {
    Files.createFile(folder.resolve("refuse"));
    assertThatThrownBy(() -> PostgresProcess.start(command(), folder, folder.resolve("log")))
        .isInstanceOf(EmbeddedPostgresFailure.class)
        .hasMessageContaining("ended with 3");
  }
}
