package dev.fettle.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fettle.agent.ddi.DdiAddress;
import dev.fettle.agent.ddi.DdiClient;
import dev.fettle.agent.ddi.DdiCredential;
import dev.fettle.agent.ddi.DdiHttp;
import dev.fettle.agent.ddi.Pause;
import dev.fettle.agent.ddi.Retry;
import dev.fettle.agent.support.ScriptedServer;
import dev.fettle.agent.support.ScriptedServer.Action;
import dev.fettle.agent.support.ScriptedServer.Device;
import dev.fettle.agent.support.ScriptedServer.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentTest {
  private static final byte[] CONTENT = "the new application".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder = Path.of("");
  private final ScriptedServer server = new ScriptedServer();
  private final StepClock clock = new StepClock();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Map<String, String> installers = new HashMap<>();
  private Duration installerLimit = Duration.ofHours(6);
  private @Nullable String restartCommand;
  private @Nullable String diagnosticsCommand;
  private @Nullable StateFile state;
  private @Nullable DdiHttp http;

  AgentTest() throws IOException {}

  @BeforeEach
  void configure() {
    installers.put("teamsClient", "cp -f \"$FETTLE_FILE\" '" + folder + "/installed'; echo");
  }

  @AfterEach
  void stop() throws IOException {
    forgetAgent();
    server.close();
  }

  @Test
  void an_update_is_downloaded_verified_installed_and_reported() throws Exception {
    offer("2.0");
    Agent agent = agent();

    Duration wait = agent.step();

    assertThat(wait).isEqualTo(Duration.ofSeconds(1));
    assertThat(folder.resolve("installed")).hasBinaryContent(CONTENT);
    assertThat(device().story())
        .containsExactly(
            "deploymentBase proceeding/none",
            "deploymentBase proceeding/none",
            "deploymentBase proceeding/none",
            "deploymentBase closed/success");
    assertThat(device().last().details()).last().isEqualTo("Installed teamsClient 2.0 (package).");
    assertThat(device().attributes)
        .containsEntry("version.teamsClient", "2.0")
        .containsEntry("manufacturer", "yealink")
        .containsEntry("agent", "fettle/0.1")
        .containsEntry("capability.restart", "false")
        .containsEntry("capability.diagnostics", "true");
    assertThat(folder.resolve("state/downloads")).isEmptyDirectory();
  }

  @Test
  void the_installer_is_told_what_it_installs() throws Exception {
    installers.put(
        "teamsClient",
        "sh -c 'echo $FETTLE_SOFTWARE_TYPE $FETTLE_VERSION $FETTLE_ACTION $FETTLE_DEVICE; cat $1'"
            + " x");
    Action action = offer("2.0");

    agent().step();

    assertThat(device().last().details())
        .startsWith("teamsClient 2.0 " + action.id + " panel-17", "the new application");
  }

  @Test
  void a_failing_installer_ends_the_action_with_its_last_words() throws Exception {
    installers.put("teamsClient", "echo unpacking; echo 'disk is full' >&2; exit 28; true");
    offer("2.0");

    agent().step();

    assertThat(device().last().finished()).isEqualTo("failure");
    assertThat(device().last().details())
        .containsExactly(
            "unpacking", "disk is full", "The installer of teamsClient ended with code 28.");
    assertThat(device().attributes).containsEntry("version.teamsClient", "1.0");
    assertThat(server.seen("POST", "feedback").getLast().body()).contains("\"code\":28");
  }

  @Test
  void a_wrong_hash_fails_the_action_and_nothing_is_installed() throws Exception {
    offer("2.0").files.getFirst().sha256 = "11".repeat(32);

    agent().step();

    assertThat(device().last().finished()).isEqualTo("failure");
    assertThat(device().last().details().getFirst()).contains("SHA-256");
    assertThat(folder.resolve("installed")).doesNotExist();
  }

  @Test
  void a_software_type_without_installer_is_refused_with_the_setting_to_make() throws Exception {
    server.offer("panel-17", "firmware", "3", new File("fw.bin", CONTENT));

    agent().step();

    assertThat(device().last().finished()).isEqualTo("failure");
    assertThat(device().last().details().getFirst()).contains("install.firmware");
    assertThat(server.seen("GET", "/artifacts/")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../../escape", "/etc/passwd", "..", "a\\b", "a\u0000b", "-rf", " ", ".x"})
  void a_file_name_that_is_no_plain_name_is_refused(String name) throws Exception {
    server.offer("panel-17", "teamsClient", "3", new File(name, CONTENT));

    agent().step();

    assertThat(device().last().finished()).isEqualTo("failure");
    assertThat(device().last().details().getFirst()).contains("is not acceptable");
    assertThat(server.seen("GET", "/artifacts/")).isEmpty();
  }

  @Test
  void a_release_without_files_runs_the_installer_without_a_file() throws Exception {
    installers.put("teamsClient", "sh -c 'echo files: $#; echo version $FETTLE_VERSION' x");
    server.offer("panel-17", "teamsClient", "2.0");

    agent().step();

    assertThat(device().last().details()).startsWith("files: 0", "version 2.0");
    assertThat(device().last().finished()).isEqualTo("success");
  }

  @Test
  void an_end_that_could_not_be_told_is_told_later_and_nothing_is_installed_again()
      throws Exception {
    installers.put("teamsClient", "echo once >> '" + folder + "/count'; true");
    offer("2.0");
    Agent agent = agent();
    server.failReportsOf("closed", 2);

    agent.step();
    assertThat(device().story()).hasSize(3);
    forgetAgent();
    agent().step();

    assertThat(device().last().toString()).isEqualTo("deploymentBase closed/success");
    assertThat(Files.readAllLines(folder.resolve("count"))).hasSize(1);
  }

  @Test
  void a_cancellation_before_the_start_is_acknowledged() throws Exception {
    offer("2.0").cancelling = true;

    agent().step();

    assertThat(device().story()).containsExactly("cancelAction closed/success");
    assertThat(server.seen("GET", "/artifacts/")).isEmpty();
  }

  @Test
  void a_cancellation_stops_a_download() throws Exception {
    clock.step = Duration.ofSeconds(10);
    Action action =
        server.offer("panel-17", "teamsClient", "2.0", new File("app.bin", new byte[5_000_000]));
    server.onDownload = () -> action.cancelling = true;

    agent().step();

    assertThat(device().story()).last().isEqualTo("cancelAction closed/success");
    assertThat(folder.resolve("installed")).doesNotExist();
    assertThat(folder.resolve("state/downloads/" + action.id)).doesNotExist();
  }

  @Test
  void a_cancellation_while_the_installer_works_is_rejected() throws Exception {
    Path gate = folder.resolve("gate");
    installers.put("teamsClient", "while [ ! -e '" + gate + "' ]; do sleep 0.05; done; true");
    Action action = offer("2.0");
    Agent agent = agent();
    Thread work = Thread.ofVirtual().start(() -> stepQuietly(agent));
    await().until(() -> device().story().size() >= 3);
    action.cancelling = true;
    await().until(() -> device().story().contains("cancelAction rejected/none"));
    Files.createFile(gate);
    work.join();

    assertThat(device().last().toString()).isEqualTo("deploymentBase closed/success");
  }

  @Test
  void a_download_that_may_not_be_installed_yet_waits_for_its_window() throws Exception {
    Action action = offer("2.0");
    action.update = "skip";
    action.window = "unavailable";
    Agent agent = agent();
    agent.step();
    agent.step();
    assertThat(folder.resolve("installed")).doesNotExist();
    assertThat(server.seen("GET", "/artifacts/")).hasSize(1);
    assertThat(device().story()).hasSize(3).allMatch(n -> n.endsWith("proceeding/none"));

    action.update = "forced";
    agent.step();

    assertThat(folder.resolve("installed")).hasBinaryContent(CONTENT);
    assertThat(server.seen("GET", "/artifacts/")).hasSize(1);
  }

  @Test
  void a_download_only_deployment_is_reported_as_downloaded() throws Exception {
    offer("2.0").update = "skip";

    agent().step();

    assertThat(device().last().toString()).isEqualTo("deploymentBase downloaded/success");
    assertThat(folder.resolve("installed")).doesNotExist();
  }

  @Test
  void an_installer_that_outlived_its_agent_is_waited_for_and_not_run_again() throws Exception {
    installers.put(
        "teamsClient", "echo once >> '" + folder + "/count'; sleep 0.5; echo ready; true");
    Action action = offer("2.0");
    Agent first = agent();
    Thread work = Thread.ofVirtual().start(() -> stepQuietly(first));
    await().until(() -> Files.exists(folder.resolve("count")));
    work.interrupt();
    work.join();
    forgetAgent();

    agent().step();

    assertThat(device().story()).last().isEqualTo("deploymentBase closed/success");
    assertThat(device().last().actionId()).isEqualTo(action.id);
    assertThat(device().last().details()).startsWith("ready");
    assertThat(Files.readAllLines(folder.resolve("count"))).hasSize(1);
  }

  /** The server gave up the action meanwhile, and a second installer wrote beside the first. */
  @Test
  void the_next_action_waits_for_an_installer_that_outlived_its_agent() throws Exception {
    Path gate = folder.resolve("gate");
    installers.put(
        "teamsClient",
        "echo $FETTLE_VERSION >> '"
            + folder
            + "/count'; while [ ! -e '"
            + gate
            + "' ]; do sleep 0.05; done; true");
    offer("2.0");
    Agent first = agent();
    Thread work = Thread.ofVirtual().start(() -> stepQuietly(first));
    await().until(() -> Files.exists(folder.resolve("count")));
    work.interrupt();
    work.join();
    forgetAgent();
    clock.now = Instant.now();
    offer("3.0");
    Agent second = agent();

    second.step();
    assertThat(log)
        .last()
        .asString()
        .endsWith("its installer is still at work; the next one waits");
    assertThat(folder.resolve("count")).hasContent("2.0");
    Files.createFile(gate);
    await()
        .until(
            () -> {
              second.step();
              return device().last().finished().equals("success");
            });

    assertThat(folder.resolve("count")).hasContent("2.0\n3.0");
  }

  @Test
  void an_installer_that_was_cut_off_is_run_again() throws Exception {
    installers.put("teamsClient", "echo again >> '" + folder + "/count'; true");
    Action action = offer("2.0");
    try (StateFile written = new StateFile(folder.resolve("state"))) {
      written.save(AgentState.empty().with(new AgentState.Work(action.id, 0, true, false)));
    }
    Path run = Files.createDirectories(folder.resolve("state/runs/" + action.id + "/0"));
    Files.writeString(run.resolve("pid"), "999999999");

    agent().step();

    assertThat(device().last().finished()).isEqualTo("success");
    assertThat(Files.readAllLines(folder.resolve("count"))).hasSize(1);
  }

  /** The agent waited for ever, and did nothing else until somebody went to the device. */
  @Test
  void an_installer_that_hangs_is_stopped_with_all_that_it_started() throws Exception {
    installers.put(
        "teamsClient",
        "echo erasing; echo $$ > '" + folder + "/pids'; (echo begun; sleep 600) | cat; true");
    installerLimit = Duration.ofSeconds(90);
    clock.step = Duration.ofSeconds(40);
    offer("2.0");

    agent().step();

    assertThat(device().last().toString()).isEqualTo("deploymentBase closed/failure");
    assertThat(device().last().details())
        .containsExactly(
            "erasing",
            "begun",
            "The installer of teamsClient did not end within 90 seconds and was stopped.");
    long shell = Long.parseLong(Files.readString(folder.resolve("pids")).strip());
    await().until(() -> ProcessHandle.of(shell).filter(ProcessHandle::isAlive).isEmpty());
    assertThat(device().attributes).containsEntry("version.teamsClient", "1.0");
  }

  /**
   * An installer that filled the disk had its exit code lost, since the file for it could not grow,
   * and it was run again.
   */
  @Test
  void the_file_for_the_exit_code_has_its_room_before_the_installer_starts() throws Exception {
    Path place = folder.resolve("place");
    installers.put(
        "teamsClient",
        "cd \"$FETTLE_RUN\"; ls -l exit.new > '"
            + place
            + "'; ls -i exit.new >> '"
            + place
            + "'; ln exit.new '"
            + folder
            + "/same'; true");
    offer("2.0");

    agent().step();

    assertThat(Files.readString(place)).contains(" 16 ");
    assertThat(folder.resolve("same")).hasSize(16).content().startsWith("0\n");
    assertThat(device().last().finished()).isEqualTo("success");
  }

  @Test
  void a_file_that_the_disk_has_no_room_for_fails_the_action_at_once() throws Exception {
    offer("2.0").files.getFirst().size = 1L << 60;

    agent().step();

    assertThat(device().last().finished()).isEqualTo("failure");
    assertThat(device().last().details().getFirst())
        .startsWith("there is no room for 'app.bin': it needs 1152921504606846976 bytes more");
    assertThat(server.seen("GET", "/artifacts/")).isEmpty();
  }

  @Test
  void a_restart_is_closed_by_the_agent_that_starts_afterwards() throws Exception {
    restartCommand = "true";
    device().restart = "1042";
    Agent agent = agent(new StopAtPause());
    assertThatThrownBy(agent::step).isInstanceOf(InterruptedException.class);
    assertThat(device().story()).containsExactly("restart proceeding/none");
    forgetAgent();

    agent().step();

    assertThat(device().story())
        .containsExactly("restart proceeding/none", "restart closed/success");
  }

  @Test
  void a_restart_command_that_fails_says_why() throws Exception {
    restartCommand = "echo not allowed; exit 1; true";
    device().restart = "1042";

    agent().step();

    assertThat(device().story())
        .containsExactly("restart proceeding/none", "restart closed/failure");
    assertThat(device().last().details().getFirst()).isEqualTo("not allowed");
  }

  @Test
  void a_restart_without_command_is_refused() throws Exception {
    device().restart = "1042";

    agent().step();

    assertThat(device().story()).containsExactly("restart closed/failure");
  }

  @Test
  void diagnostics_are_uploaded_before_the_action_is_closed() throws Exception {
    device().diagnosticsAction = "1043";

    agent().step();

    assertThat(device().story())
        .containsExactly("diagnostics proceeding/none", "diagnostics closed/success");
    assertThat(new String(Objects.requireNonNull(device().diagnostics), StandardCharsets.UTF_8))
        .contains("device panel-17")
        .doesNotContain("secret");
  }

  @Test
  void the_output_of_the_diagnostics_command_is_what_is_uploaded() throws Exception {
    diagnosticsCommand = "echo all is well; true";
    device().diagnosticsAction = "1043";

    agent().step();

    assertThat(new String(Objects.requireNonNull(device().diagnostics), StandardCharsets.UTF_8))
        .isEqualTo("all is well\n");
  }

  @Test
  void reports_are_sent_at_start_and_when_they_change() throws Exception {
    Path file = folder.resolve("report.json");
    Files.writeString(file, "{\"health\":{\"peripheralsHealth\":{}}}");
    Agent agent = agent();
    agent.step();
    agent.step();
    assertThat(server.seen("PUT", "/report")).hasSize(1);

    Files.writeString(file, "{\"activity\":{\"activePeripherals\":{\"speaker\":{\"id\":\"a\"}}}}");
    agent.step();

    assertThat(server.seen("PUT", "/report")).hasSize(2);
    assertThat(String.valueOf(device().report))
        .contains("\"speaker\":{\"id\":\"a\"}")
        .contains("\"teamsClientSoftwareVersion\":\"1.0\"");
  }

  @Test
  void a_server_that_knows_no_reports_is_not_asked_again() throws Exception {
    server.fail("PUT", "/report", 404, 1);
    Agent agent = agent();

    agent.step();
    agent.step();

    assertThat(server.seen("PUT", "/report")).hasSize(1);
    assertThat(device().polls).hasValue(2);
  }

  @Test
  void trouble_is_waited_out_longer_and_longer() throws Exception {
    Agent agent = agent();
    agent.step();
    assertThat(agent.isInTrouble()).isFalse();
    server.close();

    Duration first = agent.step();
    assertThat(agent.isInTrouble()).isTrue();
    agent.step();
    agent.step();
    Duration fourth = agent.step();

    assertThat(first).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(fourth).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(16));
  }

  @Test
  void a_second_agent_is_kept_out_of_the_state_folder() throws Exception {
    agent();

    assertThatThrownBy(() -> new StateFile(folder.resolve("state")))
        .hasMessageContaining("another agent is at work");
  }

  private Action offer(String version) {
    return server.offer("panel-17", "teamsClient", version, new File("app.bin", CONTENT));
  }

  private Device device() {
    return server.device("panel-17");
  }

  private static void stepQuietly(Agent agent) {
    try {
      agent.step();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Agent agent() throws IOException {
    return agent(_ -> {});
  }

  private Agent agent(Pause pause) throws IOException {
    DdiAddress address = new DdiAddress(server.url(), "DEFAULT", "panel-17");
    DdiCredential credential = DdiCredential.targetToken("secret");
    AgentSettings settings =
        new AgentSettings(
            address,
            credential,
            null,
            folder.resolve("state"),
            Map.of("manufacturer", "yealink", "deviceType", "collaborationBar"),
            Map.of("teamsClient", "1.0"),
            installers,
            installerLimit,
            restartCommand,
            Duration.ZERO,
            diagnosticsCommand,
            folder.resolve("report.json"));
    state = new StateFile(settings.stateFolder());
    http =
        new DdiHttp(
            null,
            new Retry(2, Duration.ofMillis(1), Duration.ofMillis(1)),
            new Random(1),
            _ -> {},
            Duration.ofSeconds(10));
    return new Agent(
        settings,
        new DdiClient(http, address, credential),
        state,
        clock,
        new Random(1),
        pause,
        log::add);
  }

  private void forgetAgent() throws IOException {
    if (state != null) {
      state.close();
    }
    if (http != null) {
      http.close();
    }
  }

  /** A clock that moves on by a step whenever it is looked at. */
  private static final class StepClock implements InstantSource {
    private Duration step = Duration.ZERO;
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @Override
    public Instant instant() {
      now = now.plus(step);
      return now;
    }
  }

  /** A wait in which the machine goes down. */
  private static final class StopAtPause implements Pause {
    @Override
    public void pause(Duration time) throws InterruptedException {
      throw new InterruptedException("the machine goes down");
    }
  }
}
