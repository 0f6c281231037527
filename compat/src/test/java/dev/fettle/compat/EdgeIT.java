package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The server's sockets under the tools of the field: what they speak, and what they use up. */
@NullUnmarked // What @BeforeAll sets is there in every test.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EdgeIT {
  private static final String DEVICES = "/beta/teamwork/devices";
  private static final String OK = "/health/ready";

  @TempDir private Path folder;
  private PackagedServer server;
  private PlainClient graph;

  @BeforeAll
  void start() {
    server = PackagedServer.start("edge");
    graph = new PlainClient(server);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "--http1.0, https, 1.1",
    "--http1.1, https, 1.1",
    "--http2, https, 2",
    "--http1.0, http, 1.1",
    "--http1.1, http, 1.1",
    "--http2-prior-knowledge, http, 2",
  })
  void curl_is_answered_in_each_version_that_it_speaks(String option, String scheme, String version)
      throws IOException {
    Programs.require("curl");
    String root = scheme.equals("https") ? server.https() : server.http();
    assertThat(curl(option, "--write-out", "\n%{http_version} %{http_code}", root + OK))
        .endsWith("\n" + version + " 200");
  }

  @Test
  void h2load_gets_a_thousand_answers_without_an_error() throws IOException {
    Programs.require("h2load");
    Programs.Output output =
        run("h2load", "-n", "1000", "-c", "10", "-m", "10", server.https() + "/health/live");
    assertThat(output.text())
        .contains("1000 succeeded, 0 failed, 0 errored, 0 timeout")
        .contains("1000 2xx");
  }

  /** It speaks HTTP/1.0 to what it stands before, and names no host of its client's. */
  @Test
  void behind_nginx_with_its_defaults_graph_answers_and_a_device_downloads() throws IOException {
    Programs.require("nginx", "curl");
    byte[] image = new byte[5_000_000];
    new Random(7).nextBytes(image);
    Path file = Files.write(folder.resolve("image.bin"), image);
    Path socket = folder.resolve("nginx.sock");
    Process nginx = nginx(socket);
    try {
      Awaitility.await().until(() -> Files.exists(socket));
      String through = "--unix-socket";
      String authorization = "Authorization: Bearer " + graph.token();
      assertThat(
              curl(through, socket.toString(), "-H", authorization, "http://localhost" + DEVICES))
          .contains("\"value\"");

      JsonNode credential = deviceWithAnUpdate(file);
      String token = "Authorization: TargetToken " + credential.path("token").stringValue();
      String base = "/DEFAULT/controller/v1/" + credential.path("controllerId").stringValue();
      String poll = curl(through, socket.toString(), "-H", token, "http://localhost" + base);
      String deployment = URI.create(link(poll, "deploymentBase")).getRawPath();
      String offered =
          curl(through, socket.toString(), "-H", token, "http://localhost" + deployment);
      Path downloaded = folder.resolve("downloaded.bin");
      curl(
          through,
          socket.toString(),
          "-H",
          token,
          "-o",
          downloaded.toString(),
          "http://localhost" + URI.create(link(offered, "download-http")).getRawPath());
      assertThat(downloaded).hasSameBinaryContentAs(file);
    } finally {
      nginx.destroy();
    }
  }

  // With the last descriptor gone the listener ended for good, and nothing told of it.
  @Test
  void after_its_descriptors_were_used_up_the_server_answers_again() throws Exception {
    Programs.require("prlimit");
    String pid = Long.toString(server.pid());
    long open;
    try (var descriptors = Files.list(Path.of("/proc", pid, "fd"))) {
      open = descriptors.count();
    }
    String before =
        run("prlimit", "--pid", pid, "--nofile", "--output", "SOFT", "--noheadings").text().strip();
    run("prlimit", "--pid", pid, "--nofile=" + (open + 100) + ":");
    List<Socket> sockets = new ArrayList<>();
    try {
      URI root = URI.create(server.http());
      for (int i = 0; i < 400; i++) {
        sockets.add(new Socket(InetAddress.getByName(root.getHost()), root.getPort()));
      }
      Socket last = sockets.getLast();
      last.setSoTimeout(200);
      last.getOutputStream()
          .write("GET /health/live HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Awaitility.await().until(() -> descriptorsAreUsedUp(pid, open + 90));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(() -> graph.text("/health/live") != null);
    run("prlimit", "--pid", pid, "--nofile=" + before + ":");
  }

  private static boolean descriptorsAreUsedUp(String pid, long most) throws IOException {
    try (var descriptors = Files.list(Path.of("/proc", pid, "fd"))) {
      return descriptors.count() >= most;
    }
  }

  private JsonNode deviceWithAnUpdate(Path image) {
    String device =
        graph
            .post(
                DEVICES,
                """
                {"deviceType":"teamsPanel",
                 "hardwareDetail":{"manufacturer":"edge","model":"edge"}}
                """)
            .path("id")
            .stringValue();
    String release =
        graph
            .post(
                "/fettle/v1.0/releases",
                """
                {"softwareType":"firmware","version":"9.0","deviceTypes":["teamsPanel"],
                 "models":["edge"]}
                """)
            .path("id")
            .stringValue();
    graph.upload("/fettle/v1.0/releases/" + release + "/artifacts/image.bin", image);
    graph.post("/fettle/v1.0/releases/" + release + "/publish", "{}");
    JsonNode credential = graph.post("/fettle/v1.0/devices/" + device + "/credential", "{}");
    assertThat(
            graph
                .send(
                    "POST",
                    DEVICES + "/" + device + "/updateSoftware",
                    "{\"softwareType\":\"firmware\",\"softwareVersion\":\"9.0\"}")
                .statusCode())
        .isEqualTo(202);
    return credential;
  }

  /** The address under a name in the links of HAL. */
  private static String link(String json, String name) {
    JsonNode found = PlainClient.JSON.readTree(json).findValue(name);
    return found.path("href").stringValue();
  }

  private Process nginx(Path socket) throws IOException {
    StringBuilder paths = new StringBuilder();
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      paths.append(kind).append("_temp_path ").append(folder.resolve(kind)).append(";\n");
    }
    Path configuration =
        Files.writeString(
            folder.resolve("nginx.conf"),
            """
            daemon off;
            master_process off;
            pid %s;
            events {}
            http {
              access_log off;
              %s
              server {
                listen unix:%s;
                location / { proxy_pass %s; }
              }
            }
            """
                .formatted(folder.resolve("nginx.pid"), paths, socket, server.http()));
    return Programs.start(
        List.of("nginx", "-c", configuration.toString(), "-e", "stderr"),
        PackagedServer.log("nginx"));
  }

  private String curl(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "--silent",
                "--show-error",
                "--fail-with-body",
                "--max-time",
                "30",
                "--cacert",
                server.authority().pem().toString()));
    command.addAll(List.of(options));
    return run(command.toArray(String[]::new)).text();
  }

  private Programs.Output run(String... command) throws IOException {
    Programs.Output output = Programs.run(folder, Map.of(), List.of(command), 60);
    assertThat(output.code()).as(() -> String.join(" ", command) + "\n" + output.text()).isZero();
    return output;
  }
}
