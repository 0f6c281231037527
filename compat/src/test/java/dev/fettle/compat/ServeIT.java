package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code fettle serve} as docs/operations.md tells operators to run it: a PostgreSQL that is not
 * Fettle's own with a role made for it, a configuration file, an issuer that is somebody else's,
 * and a second server beside the first.
 */
final class ServeIT {
  private static final String TENANT = "11111111-2222-3333-4444-555555555555";
  private static final String DEVICES = "/beta/teamwork/devices";

  @Test
  void an_operators_two_servers_share_a_database_and_take_the_tokens_of_their_issuer(
      @TempDir Path folder) throws Exception {
    // The embedded database of another server is as good a PostgreSQL as any.
    try (PackagedServer cluster = PackagedServer.start("serve-cluster", "--seed", "none");
        Issuer issuer = new Issuer()) {
      Map<String, String> settings = new TreeMap<>(database(cluster));
      settings.put("identity.tenants", TENANT + "=SITE");
      settings.put("identity.issuers.idp.url", issuer.name());
      settings.put("identity.issuers.idp.tenant", TENANT);
      settings.put("identity.audiences", "api://fettle");
      settings.put("devices.poll-interval", "10s");
      settings.put("database.connections", "8");
      try (PackagedServer one = PackagedServer.serve("serve-one", folder, settings);
          PackagedServer other = PackagedServer.serve("serve-other", folder, settings)) {
        PlainClient graph = new PlainClient(one, issuer.token("TeamworkDevice.ReadWrite.All"));
        String id =
            graph.post(DEVICES, "{\"deviceType\":\"collaborationBar\"}").path("id").stringValue();
        JsonNode credential = graph.post("/fettle/v1.0/devices/" + id + "/credential", "{}");

        // Seen by the other server only, and known at the first before it could poll again.
        HttpResponse<String> poll =
            other.send(
                HttpRequest.newBuilder(
                        URI.create(
                            other.http()
                                + "/SITE/controller/v1/"
                                + credential.path("controllerId").stringValue()))
                    .header(
                        "Authorization", "TargetToken " + credential.path("token").stringValue())
                    .build());
        assertThat(poll.statusCode()).as(poll.body()).isEqualTo(200);
        Awaitility.await()
            .atMost(Duration.ofSeconds(10))
            .untilAsserted(
                () ->
                    assertThat(
                            graph
                                .get(DEVICES + "/" + id + "/health")
                                .at("/connection/connectionStatus")
                                .stringValue())
                        .isEqualTo("connected"));

        String operators = operatorsToken(other, folder);
        assertThat(new PlainClient(one, operators).get("/fettle/v1.0/clients").path("value"))
            .as("a token that the other one issued")
            .hasSize(1);
        assertThat(new PlainClient(one, operators).send("GET", DEVICES, "").statusCode())
            .isEqualTo(403);
        for (String dev : new String[] {"tokens", "clock", "faults", "reset"}) {
          HttpResponse<String> refused =
              new PlainClient(one, operators).send("POST", "/fettle/dev/" + dev, "{}");
          assertThat(refused.statusCode()).isEqualTo(403);
          assertThat(refused.body()).contains("'fettle dev' only");
        }
        assertThat(one.output()).contains("database.password=***").doesNotContain("s3cret");
        assertThat(one.stop()).isEqualTo(143);
        assertThat(
                new PlainClient(other, issuer.token("TeamworkDevice.Read.All"))
                    .get(DEVICES)
                    .path("value"))
            .hasSize(1);
      }
    }
  }

  /** What the guide asks of the database's administrator. */
  private static Map<String, String> database(PackagedServer cluster) throws Exception {
    Path postgres = cluster.folder().resolve("data/postgres");
    String port = Files.readAllLines(postgres.resolve("data-18/postmaster.pid")).get(3).strip();
    String root = "jdbc:postgresql://127.0.0.1:" + port + "/";
    try (Connection administrator =
            DriverManager.getConnection(
                root + "postgres",
                "fettle",
                Files.readString(postgres.resolve("password")).strip());
        Statement statement = administrator.createStatement()) {
      statement.execute("create role operated login password 's3cret'");
      statement.execute(
          "create database operated owner operated encoding 'UTF8' template template0");
    }
    return Map.of(
        "database.url", root + "operated",
        "database.user", "operated",
        "database.password", "s3cret");
  }

  private static String operatorsToken(PackagedServer server, Path folder) throws IOException {
    JsonNode operator =
        new JsonMapper().readTree(folder.resolve("data/operator-" + TENANT + ".json").toFile());
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(URI.create(server.http() + "/" + TENANT + "/oauth2/v2.0/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "grant_type=client_credentials&client_id="
                            + operator.path("client_id").stringValue()
                            + "&client_secret="
                            + operator.path("client_secret").stringValue()
                            + "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"))
                .build());
    return PlainClient.read(answer).path("access_token").stringValue();
  }

  /**
   * An OpenID Connect provider on loopback: discovery, a key, signed tokens, and nothing of ours.
   */
  private static final class Issuer implements AutoCloseable {
    private final HttpServer server;
    private final KeyPair keys;

    Issuer() throws IOException, GeneralSecurityException {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      RSAPublicKey key = (RSAPublicKey) keys.getPublic();
      answer(
          "/realms/devices/.well-known/openid-configuration",
          "{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/keys\"}".formatted(name()));
      answer(
          "/realms/devices/keys",
          "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"use\":\"sig\",\"n\":\"%s\",\"e\":\"%s\"}]}"
              .formatted(number(key.getModulus()), number(key.getPublicExponent())));
      server.start();
    }

    String name() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/devices";
    }

    String token(String permission) throws GeneralSecurityException {
      long now = Instant.now().getEpochSecond();
      String signed =
          base64("{\"alg\":\"RS256\",\"kid\":\"k\",\"typ\":\"JWT\"}")
              + "."
              + base64(
                  """
                  {"iss":"%s","aud":"api://fettle","azp":"night-job","sub":"night-job",
                   "iat":%d,"exp":%d,"roles":["%s"]}
                  """
                      .formatted(name(), now, now + 600, permission));
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + base64(signature.sign());
    }

    private void answer(String path, String json) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      server.createContext(
          path,
          exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          });
    }

    private static String number(BigInteger number) {
      byte[] bytes = number.toByteArray();
      return base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private static String base64(String text) {
      return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
