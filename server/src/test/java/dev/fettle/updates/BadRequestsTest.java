package dev.fettle.updates;

import static dev.fettle.updates.SeededServer.DEVICE;
import static dev.fettle.updates.SeededServer.READER;
import static dev.fettle.updates.SeededServer.WRITER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.support.InProcess;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * Faults of a request are told with the name of the field, in Graph's shape, and changes nothing.
 */
@WithPostgres
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestsTest {

  private static final String DEVICES = "/beta/teamwork/devices";
  private static final String UPDATE = DEVICES + "/" + DEVICE + "/updateSoftware";
  private static final String RELEASES = "/fettle/v1.0/releases";
  private static final String LONG = "x".repeat(5_000);

  private final Db db;
  private final SeededServer seeded;
  private final Path folder;

  BadRequestsTest(Db db, @TempDir Path folder) {
    this.db = db;
    this.folder = folder;
    this.seeded = new SeededServer(db, folder);
  }

  @AfterAll
  void stop() {
    seeded.close();
  }

  private record Bad(String method, String path, String body, @Nullable String target) {}

  /** A body of one member, with the value in each wrong form. */
  private static Stream<Bad> member(
      String method, String path, String rest, String name, String... values) {
    return Stream.of(values)
        .map(
            value ->
                new Bad(
                    method,
                    path,
                    "{" + rest + (rest.isEmpty() ? "" : ",") + "\"" + name + "\":" + value + "}",
                    name));
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  private List<Bad> everyField() {
    String type = "\"softwareType\":\"teamsClient\"";
    String device = "\"deviceType\":\"ipPhone\"";
    String release = "\"softwareType\":\"firmware\",\"version\":\"1.0\"";
    String one = DEVICES + "/" + DEVICE;
    List<Bad> bad = new ArrayList<>();
    member(
            "POST",
            UPDATE,
            "",
            "softwareType",
            "null",
            "1",
            "true",
            "[]",
            "{}",
            quoted(""),
            quoted("nonsense"),
            quoted(LONG),
            quoted("unknownFutureValue"))
        .forEach(bad::add);
    bad.add(new Bad("POST", UPDATE, "{}", "softwareType"));
    bad.add(new Bad("POST", UPDATE, "{\"softwareVersion\":\"1.0.96.22\"}", "softwareType"));
    member(
            "POST",
            UPDATE,
            type,
            "softwareVersion",
            "1",
            "1.0",
            "false",
            "[\"1\"]",
            "{}",
            quoted(""),
            quoted(" "),
            quoted(LONG),
            quoted("1.0\\u0000"),
            quoted("1.ü"),
            quoted("' or 1=1 --"))
        .forEach(bad::add);
    member("POST", UPDATE, type, "version", quoted("1")).forEach(bad::add);
    member("POST", one + "/restart", "", "force", "true").forEach(bad::add);
    member("POST", one + "/runDiagnostics", "", "softwareType", quoted("firmware"))
        .forEach(bad::add);

    member(
            "POST",
            DEVICES,
            "",
            "deviceType",
            "null",
            "4",
            "[]",
            quoted("fridge"),
            quoted(LONG),
            quoted("unknownFutureValue"),
            quoted("sipAnalog"))
        .forEach(bad::add);
    bad.add(new Bad("POST", DEVICES, "{}", "deviceType"));
    for (String name : List.of("notes", "companyAssetTag")) {
      member("POST", DEVICES, device, name, "1", "{}", quoted(LONG), quoted("a\\u0000"))
          .forEach(bad::add);
      member("PATCH", one, "", name, "1", "{}", "[]", quoted(LONG), quoted("a\\u0000"))
          .forEach(bad::add);
    }
    member("POST", DEVICES, device, "hardwareDetail", "null", "1", "[]", quoted("x"))
        .forEach(bad::add);
    for (String part : List.of("manufacturer", "model", "serialNumber", "uniqueId")) {
      for (String value : List.of("1", "[]", quoted(LONG))) {
        bad.add(
            new Bad(
                "POST",
                DEVICES,
                "{" + device + ",\"hardwareDetail\":{\"" + part + "\":" + value + "}}",
                "hardwareDetail/" + part));
      }
    }
    for (String value : List.of("1", "{}", quoted("x"), "[1]", "[" + quoted(LONG) + "]")) {
      bad.add(
          new Bad(
              "POST",
              DEVICES,
              "{" + device + ",\"hardwareDetail\":{\"macAddresses\":" + value + "}}",
              null));
    }
    member("POST", DEVICES, device, "currentUser", "1", "[]").forEach(bad::add);
    for (String name :
        List.of("id", "healthStatus", "createdDateTime", "createdBy", "activityState")) {
      member("POST", DEVICES, device, name, "null").forEach(bad::add);
      member("PATCH", one, "", name, "null").forEach(bad::add);
    }
    member("POST", DEVICES, device, "unknownMember", "1").forEach(bad::add);
    member("PATCH", one, "", "unknownMember", "1").forEach(bad::add);
    bad.add(new Bad("PATCH", one, "{}", null));

    member("POST", RELEASES, "\"version\":\"1\"", "softwareType", "null", "1", quoted("x"))
        .forEach(bad::add);
    bad.add(new Bad("POST", RELEASES, "{\"version\":\"1\"}", "softwareType"));
    bad.add(new Bad("POST", RELEASES, "{\"softwareType\":\"firmware\"}", "version"));
    member(
            "POST",
            RELEASES,
            "\"softwareType\":\"firmware\"",
            "version",
            "null",
            "1.0",
            quoted(""),
            quoted(LONG),
            quoted("../1"),
            quoted("1 0"))
        .forEach(bad::add);
    member("POST", RELEASES, release, "displayName", "1", quoted(""), quoted(LONG))
        .forEach(bad::add);
    member("POST", RELEASES, release, "deviceTypes", "null", "1", quoted("ipPhone"))
        .forEach(bad::add);
    member("POST", RELEASES, release, "models", "null", "1", quoted("a")).forEach(bad::add);
    for (String value : List.of("[null]", "[1]", "[\"fridge\"]")) {
      bad.add(new Bad("POST", RELEASES, "{" + release + ",\"deviceTypes\":" + value + "}", null));
    }
    for (String value : List.of("[null]", "[1]", "[\"\"]", "[" + quoted(LONG) + "]")) {
      bad.add(new Bad("POST", RELEASES, "{" + release + ",\"models\":" + value + "}", null));
    }
    for (String name : List.of("id", "state", "publishedDateTime", "artifacts", "nonsense")) {
      member("POST", RELEASES, release, name, "null").forEach(bad::add);
    }

    String tokens = "/fettle/v1.0/gatewayTokens";
    member("POST", tokens, "", "displayName", "null", "1", quoted(""), quoted(" "), quoted(LONG))
        .forEach(bad::add);
    bad.add(new Bad("POST", tokens, "{}", "displayName"));
    member("POST", tokens, "\"displayName\":\"x\"", "token", quoted("mine")).forEach(bad::add);
    member(
            "POST",
            "/fettle/v1.0/devices/" + DEVICE + "/credential",
            "",
            "controllerId",
            "1",
            "[]",
            quoted(""),
            quoted(" "),
            quoted(LONG),
            quoted("a\\u0000"))
        .forEach(bad::add);
    return bad;
  }

  @Test
  void every_field_is_refused_when_it_is_wrong_and_nothing_changes() {
    Map<String, Long> before = counts();
    List<String> wrong = new ArrayList<>();
    for (Bad bad : everyField()) {
      Answer answer = send(bad.method(), bad.path(), bad.body());
      String told = answer.status() == 400 ? answer.json().at("/error/message").asString("") : "";
      String field =
          bad.target() == null ? "" : bad.target().substring(bad.target().indexOf('/') + 1);
      if (answer.status() != 400 || !told.contains(field)) {
        wrong.add(
            bad.method()
                + " "
                + bad.path()
                + " "
                + bad.body().substring(0, Math.min(120, bad.body().length()))
                + " -> "
                + answer.status()
                + " "
                + told);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(counts()).isEqualTo(before);
  }

  @Test
  void bodies_that_are_no_json_are_refused() {
    for (String body :
        List.of(
            "",
            "{",
            "[]",
            "null",
            "\"x\"",
            "{\"softwareType\":\"teamsClient\"} {}",
            "{\"softwareType\":\"teamsClient\",\"softwareType\":\"firmware\"}",
            "{'softwareType':'teamsClient'}",
            "{\"a\":".repeat(200) + "1" + "}".repeat(200))) {
      assertThat(send("POST", UPDATE, body).status()).as(body).isEqualTo(400);
    }
    Answer bytes =
        seeded.server.send(
            "POST",
            UPDATE,
            Headers.of("Authorization", WRITER, "Content-Type", "application/json"),
            new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'});
    assertThat(bytes.status()).isEqualTo(400);
    assertThat(
            send("POST", UPDATE, "{\"softwareVersion\":\"" + "9".repeat(2 << 20) + "\"}").status())
        .isEqualTo(413);
  }

  @Test
  void unknown_devices_operations_and_releases_are_not_found() {
    for (String path :
        List.of(
            DEVICES + "/nope",
            DEVICES + "/nope/activity",
            DEVICES + "/nope/configuration",
            DEVICES + "/nope/health",
            DEVICES + "/nope/operations",
            DEVICES + "/" + DEVICE + "/operations/nope",
            DEVICES + "/%2e%2e",
            DEVICES + "/a%2Fb",
            RELEASES + "/nope",
            RELEASES + "/nope/artifacts",
            RELEASES + "/nope/artifacts/x",
            "/fettle/v1.0/gatewayTokens/nope",
            "/fettle/v1.0/devices/nope")) {
      Answer answer = seeded.server.get(READER, path);
      assertThat(answer.status()).as(path).isEqualTo(404);
      assertThat(answer.json().at("/error/code").asString()).as(path).isEqualTo("NotFound");
    }
    assertThat(
            send("POST", DEVICES + "/nope/updateSoftware", "{\"softwareType\":\"firmware\"}")
                .status())
        .isEqualTo(404);
    assertThat(send("POST", DEVICES + "/nope/restart", "").status()).isEqualTo(404);
    assertThat(send("PATCH", DEVICES + "/nope", "{\"notes\":null}").status()).isEqualTo(404);
    assertThat(send("DELETE", DEVICES + "/nope", "").status()).isEqualTo(404);
  }

  @Test
  void reading_is_not_writing_and_neither_is_another_tenant() {
    assertThat(seeded.server.post(READER, UPDATE, "{\"softwareType\":\"teamsClient\"}").status())
        .isEqualTo(403);
    assertThat(seeded.server.post(READER, RELEASES, "{}").status()).isEqualTo(403);
    String stranger = InProcess.appOf("another-tenant", "TeamworkDevice.ReadWrite.All");
    assertThat(seeded.server.get(stranger, DEVICES + "/" + DEVICE).status()).isEqualTo(404);
    assertThat(seeded.server.get(stranger, DEVICES).json().at("/@odata.count").asInt()).isZero();
    assertThat(seeded.server.delete(stranger, DEVICES + "/" + DEVICE).status()).isEqualTo(404);
    assertThat(
            seeded
                .server
                .post(stranger, "/fettle/v1.0/devices/" + DEVICE + "/credential", null)
                .status())
        .isEqualTo(404);
  }

  /** Some SDKs read a device, set its notes and send all of it back. */
  @Test
  void a_device_that_is_sent_back_whole_is_changed_and_what_it_contradicts_is_refused() {
    ObjectNode whole =
        (ObjectNode) seeded.server.get(READER, DEVICES + "/" + DEVICE).json().deepCopy();
    String made = whole.path("createdDateTime").asString();
    whole.put("createdDateTime", made.replaceAll("(\\.\\d{3})\\d*Z", "$1Z"));
    assertThat(whole.path("createdBy").isNull()).isTrue();
    whole.putObject("createdBy");
    assertThat(send("PATCH", DEVICES + "/" + DEVICE, whole.toString()).status()).isEqualTo(200);

    Answer changed = send("PATCH", DEVICES + "/" + DEVICE, whole.put("notes", "Whole.").toString());
    assertThat(changed.status()).as(changed.body()).isEqualTo(200);
    assertThat(changed.json().path("notes").asString()).isEqualTo("Whole.");

    Answer refused = send("PATCH", DEVICES + "/" + DEVICE, whole.put("id", "another").toString());
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().at("/error/target").asString()).isEqualTo("id");
  }

  @Test
  void sub_documents_take_no_writing() {
    for (String path : List.of("/activity", "/configuration", "/health")) {
      assertThat(send("PATCH", DEVICES + "/" + DEVICE + path, "{}").status())
          .as(path)
          .isEqualTo(405);
      assertThat(send("DELETE", DEVICES + "/" + DEVICE + path, "").status())
          .as(path)
          .isEqualTo(405);
    }
    assertThat(send("POST", DEVICES + "/" + DEVICE + "/operations", "{}").status()).isEqualTo(405);
  }

  // ---- artifacts
  // ----------------------------------------------------------------------------------

  private String draft(String version) {
    Answer made =
        send("POST", RELEASES, "{\"softwareType\":\"firmware\",\"version\":\"" + version + "\"}");
    assertThat(made.status()).isEqualTo(201);
    return made.json().get("id").asString();
  }

  private Answer put(String release, String rawName, String bytes, String... headers) {
    Headers all =
        Headers.of(
            "Authorization",
            WRITER,
            "Content-Type",
            "application/octet-stream",
            "Content-Length",
            Integer.toString(bytes.length()));
    return seeded.server.send(
        "PUT",
        RELEASES + "/" + release + "/artifacts/" + rawName,
        all.with(Headers.of(headers)),
        bytes.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void an_artifact_is_stored_replaced_listed_downloaded_and_removed() {
    String release = draft("5.1");
    Answer stored = put(release, "fw%20one.swu", "hello");
    assertThat(stored.status()).isEqualTo(200);
    assertThat(stored.json().get("sha256").asString())
        .isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assertThat(stored.json().get("fileName").asString()).isEqualTo("fw one.swu");
    assertThat(put(release, "fw%20one.swu", "hello again").json().get("size").asInt())
        .isEqualTo(11);
    Answer list = seeded.server.get(READER, RELEASES + "/" + release + "/artifacts");
    assertThat(list.json().get("value")).hasSize(1);
    Answer bytes =
        seeded.server.get(
            READER,
            RELEASES + "/" + release + "/artifacts/" + Request.encode("fw one.swu") + "/$value");
    assertThat(bytes.body()).isEqualTo("hello again");
    assertThat(
            seeded
                .server
                .delete(WRITER, RELEASES + "/" + release + "/artifacts/fw%20one.swu")
                .status())
        .isEqualTo(204);
  }

  @Test
  void an_artifact_that_comes_in_pieces_says_what_is_missing_until_it_is_whole() {
    String release = draft("5.4");
    Answer first = put(release, "fw.swu", "he", "Content-Range", "bytes 0-1/5");
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.json().get("nextExpectedRanges").get(0).asString()).isEqualTo("2-");
    Answer gap = put(release, "fw.swu", "o", "Content-Range", "bytes 4-4/5");
    assertThat(gap.status()).isEqualTo(416);
    assertThat(gap.header("Content-Range")).isEqualTo("bytes */2");
    Answer asked = put(release, "fw.swu", "", "Content-Range", "bytes */5");
    assertThat(asked.status()).isEqualTo(202);
    assertThat(asked.json().get("nextExpectedRanges").get(0).asString()).isEqualTo("2-");
    Answer other = put(release, "fw.swu", "", "Content-Range", "bytes */6");
    assertThat(other.json().get("nextExpectedRanges").get(0).asString()).isEqualTo("0-");
    String hash = "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:";
    Answer last =
        put(release, "fw.swu", "llo", "Content-Range", "bytes 2-4/5", "Repr-Digest", hash);
    assertThat(last.status()).isEqualTo(200);
    assertThat(last.json().get("size").asInt()).isEqualTo(5);
    // As a client does whose answer was lost: it has no way to know that the file is whole.
    Answer again = put(release, "fw.swu", "llo", "Content-Range", "bytes 2-4/5");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().get("sha256")).isEqualTo(last.json().get("sha256"));
    assertThat(put(release, "fw.swu", "LLO", "Content-Range", "bytes 2-4/5").status())
        .isEqualTo(416);
    assertThat(put(release, "fw.swu", "l", "Content-Range", "bytes 2-2/5").status()).isEqualTo(416);
    Answer wrong = put(release, "b", "hallo", "Content-Range", "bytes 0-4/5", "Repr-Digest", hash);
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.body()).contains("not the announced one");
  }

  @Test
  void pieces_that_make_no_sense_are_refused_by_name() {
    String release = draft("5.5");
    for (String range :
        List.of(
            "0-4/5",
            "bytes 0-4",
            "bytes 0-4/*",
            "bytes 3-2/5",
            "bytes 0-5/5",
            "bytes */0",
            "bytes -5/5",
            "items 0-4/5",
            "bytes 0-4/99999999999999999999")) {
      Answer refused = put(release, "fw.swu", "hello", "Content-Range", range);
      assertThat(refused.status()).as(range).isEqualTo(400);
      assertThat(refused.body()).contains("\"target\":\"Content-Range\"");
    }
    Answer shorter = put(release, "fw.swu", "hell", "Content-Range", "bytes 0-4/5");
    assertThat(shorter.body()).contains("The body has 4 bytes, the piece");
    Answer ambiguous =
        put(
            release,
            "fw.swu",
            "hello",
            "Content-Range",
            "bytes 0-4/5",
            "Content-Digest",
            "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:");
    assertThat(ambiguous.body()).contains("by 'Repr-Digest'");
    Answer huge = put(release, "fw.swu", "h", "Content-Range", "bytes 0-0/" + (5L << 30));
    assertThat(huge.status()).isEqualTo(413);
    assertThat(put(release, "..%2Fx", "h", "Content-Range", "bytes 0-0/5").status()).isEqualTo(400);
  }

  @Test
  void a_published_release_is_changed_no_more() {
    String release = draft("5.2");
    put(release, "fw.swu", "x");
    assertThat(send("POST", RELEASES + "/" + release + "/publish", "").status()).isEqualTo(200);
    assertThat(put(release, "fw.swu", "y").status()).isEqualTo(409);
    assertThat(send("PATCH", RELEASES + "/" + release, "{\"version\":\"6\"}").status())
        .isEqualTo(409);
    assertThat(send("DELETE", RELEASES + "/" + release, "").status()).isEqualTo(409);
    String twin = draft("5.2.0");
    assertThat(send("POST", RELEASES + "/" + twin + "/publish", "").status()).isEqualTo(409);
    Answer withdrawn = send("POST", RELEASES + "/" + release + "/withdraw", "");
    assertThat(withdrawn.json().get("state").asString()).isEqualTo("withdrawn");
    assertThat(send("POST", RELEASES + "/" + twin + "/publish", "").status()).isEqualTo(200);
  }

  @Test
  void names_that_mean_another_place_and_wrong_hashes_leave_nothing_behind() throws Exception {
    String release = draft("5.3");
    long files = files();
    for (String name :
        List.of(
            "..%2F..%2Fetc%2Fpasswd",
            "%2Fetc%2Fpasswd",
            "..",
            "%2e%2e",
            "a%5Cb",
            "a%00b",
            "a%0Ab",
            ".hidden",
            "-rf",
            "fw.MD5SUM",
            "%E2%80%AEexe",
            "x".repeat(201))) {
      assertThat(put(release, name, "evil").status()).as(name).isIn(400, 404, 405);
    }
    Answer mismatch =
        put(
            release,
            "fw.swu",
            "hello!",
            "Repr-Digest",
            "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:");
    assertThat(mismatch.status()).isEqualTo(400);
    assertThat(mismatch.body()).contains("not the announced one");
    Answer shortBody = put(release, "fw.swu", "hello", "Content-Length", "6");
    assertThat(shortBody.status()).isEqualTo(400);
    Answer huge = put(release, "fw.swu", "x", "Content-Length", Long.toString(5L << 30));
    assertThat(huge.status()).isEqualTo(413);
    assertThat(
            seeded.server.get(READER, RELEASES + "/" + release + "/artifacts").json().get("value"))
        .isEmpty();
    assertThat(files() - files).as("only bytes that no row names, for the sweep").isLessThan(2);
  }

  private long files() throws Exception {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).count();
    }
  }

  private Map<String, Long> counts() {
    return Map.of(
        "devices", count("devices_device"),
        "operations", count("updates_operation"),
        "releases", count("updates_release"),
        "tokens", count("devices_gateway_token"));
  }

  private long count(String table) {
    return db.statement(tx -> tx.list(Sql.of("select count(*) n from " + table), Long.class))
        .getFirst();
  }

  private Answer send(String method, String path, String body) {
    Headers headers = Headers.of("Authorization", WRITER);
    return seeded.server.send(
        method,
        path,
        body.isEmpty() ? headers : headers.with("Content-Type", "application/json"),
        body.getBytes(StandardCharsets.UTF_8));
  }
}
