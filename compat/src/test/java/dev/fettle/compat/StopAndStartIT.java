package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the program ends when it is told to, and what it says when it cannot begin. */
final class StopAndStartIT {
  private static final String ALL = "/beta/teamwork/devices";

  @Test
  void a_clean_stop_lets_the_request_under_way_end_and_leaves_no_database_behind()
      throws Exception {
    try (PackagedServer server = PackagedServer.start("stopped");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      PlainClient graph = new PlainClient(server);
      graph.post(
          "/fettle/dev/faults", "{\"path\":\"" + ALL + "\",\"status\":0,\"delay\":\"PT2S\"}");
      var slow = threads.submit(() -> graph.send("GET", ALL, ""));
      Awaitility.await().until(() -> graph.get("/fettle/dev/faults").path("value").isEmpty());

      int code = server.stop();

      assertThat(slow.get().statusCode()).isEqualTo(200);
      assertThat(code).as("what a JVM ends with after SIGTERM").isEqualTo(143);
      assertThat(server.output()).contains("event=stopping").doesNotContain("level=ERROR");
      assertThat(server.folder().resolve("data/postgres/data-18/postmaster.pid")).doesNotExist();
      assertThat(Set.of(server.output().split("\n")))
          .allSatisfy(
              line ->
                  assertThat(line)
                      .as("structured, but for what a person is told")
                      .matches(
                          "time=\\S+Z level=[A-Z]+ logger=\\S+ event=.*|Fettle is ready|  .*"));
    }
  }

  /**
   * Without {@code setpriv} and {@code unshare}, as where they are forbidden: an ordinary user's
   * database runs all the same; root's cannot, and root is told which setting names another.
   */
  @Test
  void without_a_way_to_another_user_a_start_works_or_names_the_setting(@TempDir Path folder)
      throws Exception {
    // The archive of the embedded server is unpacked by tar, which every machine has.
    Path tarAlone = Files.createDirectory(folder.resolve("tar-alone"));
    Files.createSymbolicLink(tarAlone.resolve("tar"), program("tar"));
    try (PackagedServer template = PackagedServer.start("start-first")) {
      // The one that runs has the directory; a second is told so, whoever it is.
      Programs.Output second = run(folder, tarAlone, template.folder().resolve("data"));
      assertThat(second.code()).isEqualTo(4);
      assertThat(second.text()).contains("is in use by another Fettle (process ");
    }
    if (isRoot()) {
      Programs.Output alone = run(folder, tarAlone, folder.resolve("data"));
      assertThat(alone.code()).isEqualTo(5);
      assertThat(alone.text())
          .contains("neither setpriv nor unshare works")
          .contains("set database.url (with database.user and database.password)");
    }
  }

  private static Path program(String name) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  private static Programs.Output run(Path folder, Path path, Path data) throws IOException {
    return Programs.run(
        folder,
        Map.of("PATH", path.toString()),
        PackagedServer.fettle(
            "dev", "--data", data.toString(), "--http-port", "0", "--https-port", "none"),
        60);
  }
}
