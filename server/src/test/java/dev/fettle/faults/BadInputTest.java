package dev.fettle.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.json.Json;
import dev.fettle.support.SocketServer;
import dev.fettle.support.WithPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One server for all of it: what one bad request did to it, the next would show. */
@WithPostgres
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {

  private static final String DEVICE = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
  private static final String USER = "5b649834-7412-4cce-9e69-176e95a394f5";
  private static final String CHAT = "19:ea28e88c00e94c7786b065394a61f296@thread.v2";
  private static final String APP = "a6b63365-31a4-4f43-92ec-710b71557af9";
  private static final String TOKEN = "9ceb2f92-2f92-9ceb-922f-eb9c922feb9c";

  /** Method and target of operations that take a body, with a body that is right. */
  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry(
              "POST /beta/teamwork/devices/" + DEVICE + "/updateSoftware",
              "{\"softwareType\":\"teamsClient\",\"softwareVersion\":\"1.0.96.22\"}"),
          Map.entry(
              "POST /beta/teamwork/devices",
              """
              {"deviceType":"collaborationBar","notes":"n","companyAssetTag":"t",
               "hardwareDetail":{"serialNumber":"s-1","manufacturer":"m","model":"x",
               "uniqueId":"u","macAddresses":["aa"]}}
              """),
          Map.entry(
              "PATCH /beta/teamwork/devices/" + DEVICE,
              "{\"notes\":\"n\",\"companyAssetTag\":\"t\"}"),
          Map.entry(
              "POST /fettle/v1.0/releases",
              """
              {"softwareType":"firmware","version":"9.9.9","deviceTypes":["collaborationBar"],
               "models":["vc210"]}
              """),
          Map.entry(
              "POST /fettle/v1.0/clients",
              "{\"displayName\":\"c\",\"permissions\":[\"AuditLog.Read.All\"]}"),
          Map.entry(
              "PATCH /beta/deviceAppManagement/vppTokens/" + TOKEN,
              """
              {"organizationName":"o","vppTokenAccountType":"education","appleId":"a",
               "expirationDateTime":"2027-01-01T00:00:57.4056432-08:00",
               "lastSyncDateTime":"2017-01-01T00:02:49.3205976-08:00","token":"t",
               "lastModifiedDateTime":"2017-01-01T00:00:35.1329464-08:00","state":"valid",
               "lastSyncStatus":"inProgress","automaticallyUpdateApps":true,
               "countryOrRegion":"c"}
              """),
          Map.entry(
              "POST /v1.0/deviceAppManagement/vppTokens",
              "{\"organizationName\":\"o\",\"token\":\"t\",\"appleId\":\"a\"}"),
          Map.entry(
              "POST /v1.0/users/" + USER + "/teamwork/installedApps",
              """
              {"teamsApp@odata.bind":
               "https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/%s"}
              """
                  .formatted(APP)),
          Map.entry(
              "POST /v1.0/chats/" + CHAT + "/installedApps",
              """
              {"teamsApp@odata.bind":"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/%s",
               "consentedPermissionSet":{"resourceSpecificPermissions":
               [{"permissionValue":"OnlineMeeting.ReadBasic.Chat","permissionType":"delegated"}]}}
              """
                  .formatted(APP)),
          Map.entry("PATCH /v1.0/users/" + USER, "{\"displayName\":\"Megan\"}"),
          Map.entry("PATCH /v1.0/chats/" + CHAT, "{\"topic\":\"t\"}"));

  private final SocketServer server;

  BadInputTest(Db db, @TempDir Path data) {
    this.server = new SocketServer(db, data);
  }

  @AfterAll
  void close() {
    server.close();
  }

  @Test
  void a_body_that_is_no_json_object_is_400_and_one_that_is_too_large_is_413() {
    String caller = server.app(server.everyPermission());
    byte[] broken = "{\"notes\":\"".getBytes(StandardCharsets.UTF_8);
    byte[] badUtf8 = new byte[] {'{', '"', (byte) 0xc3, (byte) 0x28, '"', ':', '1', '}'};
    for (String operation : BODIES.keySet()) {
      for (byte[] body :
          List.of(
              broken,
              badUtf8,
              utf8(""),
              utf8("nul"),
              utf8("null"),
              utf8("[]"),
              utf8("\"text\""),
              utf8("{} {}"),
              utf8("{\"a\":1,\"a\":1}"),
              utf8("{\"a\":\u00a01}"),
              utf8("{\"notes\":NaN}"),
              utf8("\u0000"),
              utf8("{\"notes\":" + "[".repeat(200) + "]".repeat(200) + "}"),
              utf8("[".repeat(100_000)))) {
        HttpResponse<String> answer = send(operation, caller, body);
        assertThat(answer.statusCode()).as("%s %s", operation, start(body)).isEqualTo(400);
        requireErrorShape(answer);
      }
      HttpResponse<String> large =
          send(operation, caller, utf8("{\"notes\":\"" + "x".repeat(2 << 20) + "\"}"));
      assertThat(large.statusCode()).as(operation).isIn(400, 413);
      requireErrorShape(large);
    }
    assertThat(server.send("GET", "/beta/teamwork/devices", caller, null).statusCode())
        .isEqualTo(200);
  }

  @Test
  void a_body_without_a_length_is_limited_too() {
    String caller = server.app(server.everyPermission());
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(server.uri("/beta/teamwork/devices"))
                .header("Authorization", caller)
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () ->
                            new ByteArrayInputStream(
                                utf8("{\"notes\":\"" + "x".repeat(5 << 20) + "\"}")))));

    assertThat(answer.statusCode()).isIn(400, 413);
    requireErrorShape(answer);
  }

  @Test
  void no_member_of_any_body_with_a_wrong_value_makes_the_server_fail() {
    String caller = server.app(server.everyPermission());
    List<String> values =
        List.of(
            "null",
            "true",
            "7",
            "-1e400",
            "\"\"",
            "\" \"",
            "\"" + "x".repeat(100_000) + "\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"'; drop table devices_device; --\"",
            "\"../../etc/passwd\"",
            "[]",
            "[null]",
            "[[[]]]",
            "{}",
            "{\"@odata.type\":\"#microsoft.graph.nothing\"}");
    for (Map.Entry<String, String> operation : BODIES.entrySet()) {
      for (String path : members(Json.readTrusted(operation.getValue()), "")) {
        for (String value : values) {
          byte[] body = utf8(replaced(operation.getValue(), path, value));
          HttpResponse<String> answer = send(operation.getKey(), caller, body);
          assertThat(answer.statusCode())
              .as("%s %s=%.40s %s", operation.getKey(), path, value, answer.body())
              .isBetween(200, 499);
          if (answer.statusCode() >= 400) {
            requireErrorShape(answer);
          }
        }
      }
    }
  }

  @Test
  void an_unknown_member_is_400_and_is_named() {
    String caller = server.app(server.everyPermission());
    for (Map.Entry<String, String> operation : BODIES.entrySet()) {
      ObjectNode body = (ObjectNode) Json.readTrusted(operation.getValue());
      body.put("doesNotExist", 1);

      HttpResponse<String> answer = send(operation.getKey(), caller, Json.bytes(body));

      assertThat(answer.statusCode()).as(operation.getKey()).isEqualTo(400);
      assertThat(answer.body()).contains("doesNotExist");
    }
  }

  @Test
  void each_kind_of_bad_token_is_401_with_the_challenge() {
    String device = "/beta/teamwork/devices/" + DEVICE;
    assertThat(server.send("GET", device, server.app("TeamworkDevice.Read.All"), null).statusCode())
        .isEqualTo(200);
    for (String fault :
        List.of(
            "expired",
            "notYetValid",
            "wrongAudience",
            "wrongIssuer",
            "wrongKey",
            "unknownKey",
            "algNone",
            "hmacWithPublicKey",
            "brokenSignature",
            "personalAccount",
            "noTenant",
            "notAJwt")) {
      HttpResponse<String> answer =
          server.send("GET", device, server.faulty(fault, "TeamworkDevice.Read.All"), null);
      assertThat(answer.statusCode()).as(fault).isEqualTo(401);
      assertThat(Json.readTrusted(answer.body()).path("error").path("code").asString())
          .isEqualTo("InvalidAuthenticationToken");
      assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
          .startsWith("Bearer realm=\"\"");
    }
    HttpResponse<String> none = server.send(HttpRequest.newBuilder(server.uri(device)));
    assertThat(none.statusCode()).isEqualTo(401);
    assertThat(none.body()).contains("Access token is empty.").contains("allowedHosts");
  }

  @Test
  void a_token_of_another_tenant_sees_nothing_of_this_one() {
    String stranger =
        server.token("6f1e77ae-0000-4000-8000-00000000ffff", null, server.everyPermission());

    assertThat(server.send("GET", "/beta/teamwork/devices/" + DEVICE, stranger, null).statusCode())
        .isEqualTo(404);
    assertThat(
            Json.readTrusted(server.send("GET", "/beta/teamwork/devices", stranger, null).body())
                .path("value"))
        .isEmpty();
    assertThat(
            server
                .send(
                    "POST",
                    "/beta/teamwork/devices/" + DEVICE + "/updateSoftware",
                    stranger,
                    utf8("{\"softwareType\":\"teamsClient\"}"))
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void broken_requests_end_their_connection_and_nothing_else() throws Exception {
    String post = "POST /beta/teamwork/devices HTTP/1.1";
    for (String request :
        List.of(
            lines("GET"),
            lines("GET / HTTP/9.9"),
            lines("\u0000\u0001\u0002"),
            lines(post, "Host: x", "Content-Length: -5"),
            lines(post, "Host: x", "Content-Length: 99999999999999999999"),
            lines(post, "Host: x", "Transfer-Encoding: chunked") + "zz",
            lines("GET /beta/%zz HTTP/1.1", "Host: x", "Connection: close"),
            lines("GET /beta/teamwork/devices/..%2f..%2fetc HTTP/1.1", "Host: x"),
            lines("GET /" + "a".repeat(20_000) + " HTTP/1.1", "Host: x"),
            lines("GET / HTTP/1.1", "Host: x", "X: " + "b".repeat(40_000)))) {
      String answer = raw(request);
      assertThat(answer).as("%.60s", request).doesNotContain(" 200 ").doesNotContain(" 500 ");
    }
    assertThat(
            server
                .send("GET", "/beta/teamwork/devices", server.app("TeamworkDevice.Read.All"), null)
                .statusCode())
        .isEqualTo(200);
  }

  private HttpResponse<String> send(String operation, String caller, byte[] body) {
    String[] words = operation.split(" ", 2);
    return server.send(words[0], words[1], caller, body);
  }

  /** A request's head, line by line. */
  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(3_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      byte[] first = new byte[400];
      int read = in.read(first);
      return read < 0 ? "" : new String(first, 0, read, StandardCharsets.ISO_8859_1);
    } catch (java.net.SocketTimeoutException | java.net.SocketException e) {
      // It closed the connection, or waits for the rest of a body: both are fair.
      return "";
    }
  }

  private static void requireErrorShape(HttpResponse<String> answer) {
    JsonNode error = Json.readTrusted(answer.body()).path("error");
    assertThat(error.path("code").asString("")).as(answer.body()).isNotEmpty();
    assertThat(error.path("message").asString("")).as(answer.body()).isNotEmpty();
    assertThat(error.path("innerError").path("request-id").asString(""))
        .isEqualTo(answer.headers().firstValue("request-id").orElse("none"));
  }

  /** Pointers to every member, however deep. */
  private static List<String> members(JsonNode node, String prefix) {
    List<String> paths = new ArrayList<>();
    for (String name : node.propertyNames()) {
      paths.add(prefix + "/" + name);
      paths.addAll(members(node.path(name), prefix + "/" + name));
    }
    return paths;
  }

  /** The text with one member exchanged; by text, since the value need not be one that we write. */
  private static String replaced(String json, String path, String value) {
    ObjectNode document = (ObjectNode) Json.readTrusted(json);
    int slash = path.lastIndexOf('/');
    ObjectNode owner = slash == 0 ? document : (ObjectNode) document.at(path.substring(0, slash));
    owner.put(path.substring(slash + 1), "@@");
    return Json.text(document).replace("\"@@\"", value);
  }

  private static String start(byte[] body) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    return text.substring(0, Math.min(text.length(), 40));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
