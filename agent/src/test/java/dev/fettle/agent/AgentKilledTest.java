package dev.fettle.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fettle.agent.support.ScriptedServer;
import dev.fettle.agent.support.ScriptedServer.Device;
import dev.fettle.agent.support.ScriptedServer.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process of its own, killed in the middle with SIGKILL. */
final class AgentKilledTest {
  @TempDir private Path folder = Path.of("");
  private final ScriptedServer server = new ScriptedServer();
  private final List<Process> started = new ArrayList<>();

  AgentKilledTest() throws IOException {}

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(
        folder.resolve("agent.properties"),
        """
        server = %s
        id = panel-17
        token = secret
        state = state
        version.teamsClient = 1.0
        install.teamsClient = %s
        """
            .formatted(server.url(), installer()));
  }

  private String installer() throws IOException {
    Path script = folder.resolve("install.sh");
    Files.writeString(
        script,
        """
        echo begun >> '%1$s/begun'
        while [ ! -e '%1$s/gate' ]; do sleep 0.05; done
        sha256sum "$1"
        echo completed >> '%1$s/completed'
        """
            .formatted(folder));
    return "/bin/sh " + script;
  }

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
    server.close();
  }

  @Test
  void killed_in_the_middle_of_a_download_it_goes_on_there() throws Exception {
    byte[] content = new byte[2_000_000];
    new Random(7).nextBytes(content);
    Files.createFile(folder.resolve("gate"));
    server.offer("panel-17", "teamsClient", "2.0", new File("app.bin", content));
    server.stallDownload(1_000_000);

    Process first = agent();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> sizeOf("state/downloads/1001/0/app.bin.part") == 1_000_000);
    first.destroyForcibly().waitFor();
    agent();

    await().atMost(Duration.ofSeconds(60)).until(() -> ended("success"));
    assertThat(server.seen("GET", "/artifacts/").getLast().header("Range"))
        .isEqualTo("bytes=1000000-");
    assertThat(device().last().details().getFirst())
        .startsWith(ScriptedServer.hash("SHA-256", content));
  }

  @Test
  void killed_while_the_installer_works_it_reports_the_end_and_installs_once() throws Exception {
    server.offer("panel-17", "teamsClient", "2.0", new File("app.bin", new byte[] {1, 2, 3}));

    Process first = agent();
    await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(folder.resolve("begun")));
    first.destroyForcibly().waitFor();
    Files.createFile(folder.resolve("gate"));
    agent();

    await().atMost(Duration.ofSeconds(60)).until(() -> ended("success"));
    assertThat(Files.readAllLines(folder.resolve("begun"))).hasSize(1);
    assertThat(Files.readAllLines(folder.resolve("completed"))).hasSize(1);
    await().until(() -> "2.0".equals(device().attributes.get("version.teamsClient")));
  }

  private boolean ended(String how) {
    return device().notes.stream()
        .anyMatch(n -> n.execution().equals("closed") && n.finished().equals(how));
  }

  private long sizeOf(String file) throws IOException {
    Path path = folder.resolve(file);
    return Files.exists(path) ? Files.size(path) : -1;
  }

  private Device device() {
    return server.device("panel-17");
  }

  private Process agent() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.fettle.agent.AgentMain",
                "--config",
                folder.resolve("agent.properties").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("agent.log").toFile())
            .start();
    started.add(process);
    return process;
  }
}
