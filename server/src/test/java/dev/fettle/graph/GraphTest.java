package dev.fettle.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.Schema;
import dev.fettle.http.Headers;
import dev.fettle.http.Peer;
import dev.fettle.http.Request;
import dev.fettle.http.RequestBody;
import dev.fettle.http.Response;
import dev.fettle.http.Router;
import dev.fettle.identity.Caller;
import dev.fettle.identity.ResourceGrants;
import dev.fettle.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The edge of the protocol on rows that only tell how they were called. */
class GraphTest {

  private static final Map<GraphVersion, Schema> SCHEMAS =
      Map.of(
          GraphVersion.V1, Schema.load("v1.0"),
          GraphVersion.BETA, Schema.load("beta"),
          GraphVersion.FETTLE, Schema.load("fettle"));

  private static final Permissions READ =
      opening("TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All");
  private static final Permissions OPEN = opening();

  private static Permissions opening(String... names) {
    return new Permissions(List.of(names), List.of(names), List.of(), null, null, Set.of());
  }

  private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
  private final CountDownLatch go = new CountDownLatch(1);
  private final Semaphore begun = new Semaphore(0);
  private Set<String> permissions =
      Set.of("TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All");
  private final Graph graph =
      new Graph(
          List.of(
              Route.get(GraphVersion.BETA, "/teamwork/devices").handle(this::tell),
              Route.get(GraphVersion.BETA, "/teamwork/devices/{device-id}").handle(this::tell),
              Route.patch(GraphVersion.BETA, "/teamwork/devices/{device-id}")
                  .permissions(READ)
                  .body("microsoft.graph.teamworkDevice")
                  .handle(this::tell),
              Route.get(GraphVersion.BETA, "/teamwork/devices/$count").handle(this::tell),
              Route.action(GraphVersion.BETA, "/teamwork/devices/{device-id}/updateSoftware")
                  .parameters("updateSoftware")
                  .handle(this::tell),
              Route.action(GraphVersion.BETA, "/teamwork/devices/{device-id}/restart")
                  .handle(this::tell),
              Route.get(GraphVersion.BETA, "/things/find(second={b},first={a})")
                  .permissions(OPEN)
                  .handle(this::tell),
              Route.get(GraphVersion.BETA, "/things/broken")
                  .permissions(OPEN)
                  .handle(
                      call -> {
                        throw new IllegalStateException("secret detail");
                      }),
              Route.put(GraphVersion.BETA, "/things/{thing-id}/content")
                  .permissions(OPEN)
                  .rawBody()
                  .handle(this::tell),
              Route.get(GraphVersion.BETA, "/things/{bytes}/content")
                  .permissions(OPEN)
                  .handle(this::stream),
              Route.get(GraphVersion.BETA, "/things/slow").permissions(OPEN).handle(this::slow),
              Route.get(GraphVersion.V1, "/things/later").permissions(OPEN).notBuilt()),
          authorization ->
              new Caller("t", Caller.Kind.APPLICATION, "a", null, null, null, permissions),
          ResourceGrants.NONE,
          new Bodies(SCHEMAS),
          new Metadata(SCHEMAS),
          new Graph.Environment(
              InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z")),
              Ids.random(),
              (caller, action, target, reason) -> {}));

  private final Router router = new Router(List.of(graph), Ids.random());

  private Response tell(Call call) {
    calls.add(call);
    return Answers.noContent();
  }

  private Response slow(Call call) {
    begun.release();
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return tell(call);
  }

  private Response stream(Call call) {
    int bytes = Integer.parseInt(call.key("bytes"));
    return new Response(
        200,
        Headers.of("Content-Type", "application/octet-stream"),
        new Response.Stream(
            bytes,
            out -> {
              calls.add(call);
              out.write(new byte[bytes]);
            }));
  }

  private Response send(String method, String target, Headers headers, String body) {
    int question = target.indexOf('?');
    return router.handle(
        new Request(
            method,
            question < 0 ? target : target.substring(0, question),
            question < 0 ? "" : target.substring(question + 1),
            headers,
            "https",
            "graph.example",
            Peer.of("127.0.0.1"),
            RequestBody.of(body.getBytes(StandardCharsets.UTF_8))));
  }

  private Response get(String target) {
    return send("GET", target, Headers.none(), "");
  }

  private Response post(String target, String body) {
    return send("POST", target, Headers.of("Content-Type", "application/json"), body);
  }

  private static JsonNode json(Response response) {
    return response.body() instanceof Response.Bytes(byte[] bytes)
        ? Json.read(bytes)
        : Json.object();
  }

  private static String message(Response response) {
    return json(response).at("/error/message").asString();
  }

  private Call only() {
    return Objects.requireNonNull(calls.poll());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/beta/teamwork/devices/55ab555-e432 | 55ab555-e432",
        "/beta/teamwork/devices('55ab555-e432') | 55ab555-e432",
        "/beta/teamwork/devices(55ab555-e432) | 55ab555-e432",
        "/beta/teamwork/devices('it''s') | it's",
        "/beta/teamwork/devices/a%2Fb | a/b",
        "/beta/teamwork/devices/a+b | a+b",
        "/beta/teamwork/devices/a%252Fb | a%2Fb",
        "/BETA/Teamwork/DEVICES/AbC | AbC",
        "/beta/teamwork/devices('%24count') | $count",
        "/beta/teamwork/devices('$value') | $value",
        "/beta/teamwork/devices(id='55ab555-e432') | 55ab555-e432",
        "/beta/teamwork/devices(Id = 'it''s') | it's",
        "/beta/teamwork/devices%28%2755ab555-e432%27%29 | 55ab555-e432",
        "//beta//teamwork/devices/x | x",
        "/beta/teamwork/devices/Room%20(2) | Room (2)",
        "/teamwork/devices/x | x",
        "/beta/teamwork/devices/x/ | x",
      })
  void a_key_is_found_in_every_form_of_the_url(String target, String key) {
    assertThat(get(target).status()).isEqualTo(204);
    assertThat(only().key("device-id")).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/beta/teamwork/devices/x/updateSoftware",
        "/beta/teamwork/devices('x')/microsoft.graph.updateSoftware",
        "/beta/teamwork/devices/x/graph.UPDATESOFTWARE",
      })
  void an_action_is_found_by_its_plain_and_its_qualified_name(String target) {
    assertThat(post(target, "{\"SoftwareType\":\"TEAMSCLIENT\",\"softwareVersion\":null}").status())
        .isEqualTo(204);
    assertThat(only().body().toString())
        .isEqualTo("{\"softwareType\":\"teamsClient\",\"softwareVersion\":null}");
  }

  @Test
  void a_function_takes_its_parameters_in_any_order() {
    assertThat(get("/beta/things/microsoft.graph.find(first='x,y',second=2)").status())
        .isEqualTo(204);
    Call call = only();
    assertThat(call.key("a")).isEqualTo("x,y");
    assertThat(call.key("b")).isEqualTo("2");
  }

  @Test
  void an_unknown_segment_is_named() {
    Response response = get("/beta/teamwork/gadgets/1");
    assertThat(response.status()).isEqualTo(400);
    assertThat(json(response).at("/error/code").asString()).isEqualTo("BadRequest");
    assertThat(message(response)).isEqualTo("Resource not found for the segment 'gadgets'.");
  }

  // Asking for the reference of an entity used to look for an entity of the name $ref, and
  // 'the device was not found' hid that the segment is not served.
  @ParameterizedTest
  @ValueSource(strings = {"$ref", "$value", "%24ref", "$METADATA"})
  void a_segment_of_odatas_own_is_no_key(String segment) {
    Response response = get("/beta/teamwork/devices/" + segment);
    assertThat(response.status()).isEqualTo(400);
    assertThat(message(response)).startsWith("Resource not found for the segment '$");
    assertThat(calls).isEmpty();
  }

  @Test
  void a_path_of_the_other_version_says_so() {
    assertThat(message(get("/v1.0/teamwork/devices"))).contains("It is served under /beta");
  }

  @Test
  void another_method_is_405_and_names_those_that_are_allowed() {
    Response response = send("PUT", "/beta/teamwork/devices/x", Headers.none(), "");
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.headers().first("Allow")).isEqualTo("GET, PATCH");
    assertThat(json(response).at("/error/code").asString()).isEqualTo("Request_BadRequest");
  }

  @Test
  void what_is_not_built_is_501() {
    Response response = get("/v1.0/things/later");
    assertThat(response.status()).isEqualTo(501);
    assertThat(json(response).at("/error/code").asString()).isEqualTo("notSupported");
  }

  @Test
  void a_bug_is_500_without_its_details() {
    Response response = get("/beta/things/broken");
    assertThat(response.status()).isEqualTo(500);
    assertThat(json(response).toString()).doesNotContain("secret detail");
    assertThat(message(response))
        .contains(Objects.requireNonNull(response.headers().first("request-id")));
  }

  @Test
  void a_missing_permission_is_named_as_the_teams_service_does() {
    permissions = Set.of("User.Read.All", "Chat.Read.All");
    assertThat(message(get("/beta/teamwork/devices")))
        .isEqualTo(
            "Missing role permissions on the request. API requires one of"
                + " 'TeamworkDevice.Read.All, TeamworkDevice.ReadWrite.All'. Roles on the request"
                + " 'Chat.Read.All, User.Read.All'.");
  }

  @Test
  void the_callers_request_id_is_echoed_and_ours_is_in_header_and_body() {
    Response response = send("GET", "/beta/x", Headers.of("client-request-id", "abc-1"), "");
    assertThat(response.headers().first("client-request-id")).isEqualTo("abc-1");
    assertThat(json(response).at("/error/innerError/client-request-id").asString())
        .isEqualTo("abc-1");
    assertThat(json(response).at("/error/innerError/request-id").asString())
        .isEqualTo(response.headers().first("request-id"));
    assertThat(json(response).at("/error/innerError/date").asString())
        .isEqualTo("2026-11-21T10:00:00");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | Empty Payload. JSON content expected.",
        "{ | Unable to read JSON request payload.",
        "[] | must be a JSON object",
        "{} | The parameter 'softwareType' of 'updateSoftware' is required. It must be one of:"
            + " adminAgent",
        "{\"softwareType\":null} | must not be null",
        "{\"softwareType\":3} | expected type 'microsoft.graph.teamworkSoftwareType'",
        "{\"softwareType\":\"paint\"} | is not a member of",
        "{\"softwareType\":\"unknownFutureValue\"} | cannot be written",
        "{\"softwareType\":\"firmware\",\"softwareVersion\":1} | expected type 'Edm.String'",
        "{\"softwareType\":\"firmware\",\"force\":true} | 'force' in the request payload is not a"
            + " valid parameter",
        "{\"softwareType\":\"firmware\",\"SOFTWARETYPE\":\"firmware\"} | given twice",
        "{\"softwareType\":\"firmware\",\"softwareVersion\":\"a\\u0000b\"} | a character that text"
            + " cannot have",
      })
  void a_bad_body_is_400_and_names_the_parameter_and_the_rule(String body, String text) {
    Response response = post("/beta/teamwork/devices/x/updateSoftware", body);
    assertThat(response.status()).isEqualTo(400);
    assertThat(message(response)).contains(text);
    assertThat(calls).isEmpty();
  }

  @Test
  void a_body_that_is_too_deep_or_too_large_or_not_utf_8_is_refused() {
    assertThat(
            message(
                post("/beta/teamwork/devices/x/updateSoftware", "[".repeat(200) + "]".repeat(200))))
        .contains("nested more than 100 levels");
    assertThat(post("/beta/teamwork/devices/x/updateSoftware", " ".repeat(2_000_000)).status())
        .isEqualTo(413);
    Response response =
        router.handle(
            new Request(
                "POST",
                "/beta/teamwork/devices/x/updateSoftware",
                "",
                Headers.of("Content-Type", "application/json"),
                "https",
                "h",
                Peer.of("127.0.0.1"),
                RequestBody.of(
                    new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'})));
    assertThat(response.status()).isEqualTo(400);
  }

  @Test
  void a_body_without_or_with_another_media_type_gets_the_front_ends_texts() {
    assertThat(
            message(send("POST", "/beta/teamwork/devices/x/updateSoftware", Headers.none(), "{}")))
        .isEqualTo(
            "Write requests (excluding DELETE) must contain the Content-Type header declaration.");
    assertThat(
            message(
                send(
                    "POST",
                    "/beta/teamwork/devices/x/updateSoftware",
                    Headers.of("Content-Type", "text/xml"),
                    "<a/>")))
        .isEqualTo("Entity only allows writes with a JSON Content-Type header.");
  }

  @Test
  void an_action_without_parameters_takes_nothing_or_an_empty_object() {
    assertThat(send("POST", "/beta/teamwork/devices/x/restart", Headers.none(), "").status())
        .isEqualTo(204);
    assertThat(post("/beta/teamwork/devices/x/restart", "{}").status()).isEqualTo(204);
    assertThat(message(post("/beta/teamwork/devices/x/restart", "{\"now\":true}")))
        .contains("'now'");
  }

  @Test
  void a_patch_treats_the_sentinel_as_absent_and_refuses_unknown_properties() {
    Headers headers = Headers.of("Content-Type", "application/json");
    assertThat(
            send(
                    "PATCH",
                    "/beta/teamwork/devices/x",
                    headers,
                    "{\"deviceType\":\"unknownFutureValue\",\"notes\":\"n\",\"@odata.type\":\"#microsoft.graph.teamworkDevice\"}")
                .status())
        .isEqualTo(204);
    assertThat(only().body().has("deviceType")).isFalse();
    assertThat(
            message(
                send(
                    "PATCH",
                    "/beta/teamwork/devices/x",
                    headers,
                    "{\"hardwareDetail\":{\"colour\":1}}")))
        .isEqualTo(
            "The property 'colour' does not exist on type 'microsoft.graph.teamworkHardwareDetail'."
                + " Make sure to only use property names that are defined by the type.");
  }

  @Test
  void query_options_on_a_write_are_refused() {
    assertThat(message(post("/beta/teamwork/devices/x/restart?$select=id", "")))
        .contains("Query option 'Select' is not allowed");
  }

  @Test
  void a_batch_runs_its_requests_and_keeps_to_dependencies() {
    Response response =
        post(
            "/beta/$batch",
            """
            {"requests":[
              {"id":1,"method":"GET","url":"/teamwork/devices/?$filter=deviceType eq 'ipPhone'"},
              {"id":"b","method":"GET","url":"teamwork/nothing"},
              {"id":"c","method":"GET","url":"/teamwork/devices","dependsOn":["B"]},
              {"id":"d","method":"POST","url":"/teamwork/devices/x/restart","headers":{"Content-Type":"application/json"},"body":{},"dependsOn":["1"]}
            ]}
            """);
    assertThat(response.status()).isEqualTo(200);
    JsonNode responses = json(response).get("responses");
    assertThat(
            responses
                .valueStream()
                .map(one -> one.get("id").asString() + one.get("status").asInt()))
        .containsExactlyInAnyOrder("1204", "b400", "c424", "d204");
    assertThat(responses.valueStream().filter(one -> one.get("status").asInt() == 204))
        .allSatisfy(one -> assertThat(one.has("body")).isFalse());
    assertThat(responses.valueStream().flatMap(one -> one.get("headers").valueStream()))
        .allMatch(JsonNode::isString);
    assertThat(calls.stream().map(call -> call.request().rawQuery()))
        .contains("$filter=deviceType%20eq%20'ipPhone'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"requests\":[]}",
        "{\"requests\":[{\"method\":\"GET\",\"url\":\"/x\"}]}",
        "{\"requests\":[{\"id\":\"1\",\"url\":\"/x\"}]}",
        "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/x\"},{\"id\":\"A\",\"method\":\"GET\",\"url\":\"/x\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/x\",\"dependsOn\":[\"z\"]}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/x\",\"dependsOn\":\"a\"}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/x\",\"dependsOn\":[{}]}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/x\",\"headers\":[]}]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/x\",\"headers\":{\"a\":{}}}]}",
        "{\"requests\":[\"a\"]}",
        "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/x\",\"dependsOn\":[\"b\"]},{\"id\":\"b\",\"method\":\"GET\",\"url\":\"/x\",\"dependsOn\":[\"a\"]}]}",
      })
  void a_malformed_batch_is_400_as_a_whole(String body) {
    assertThat(post("/beta/$batch", body).status()).isEqualTo(400);
  }

  /** Whatever stood there went to code that expects the edge to have looked at it: 500. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"Content-Length\":\"abc\"",
        "\"content-length\":\"-1\"",
        "\"Content-Length\":\"+2\"",
        "\"Content-Length\":\"\"",
        "\"Content-Length\":null",
        "\"Content-Length\":\"2, 3\"",
        "\"Content-Length\":\"2\",\"content-length\":\"3\"",
        "\"Content-Length\":\"99999999999999999999999\"",
      })
  void a_length_in_a_batch_that_is_none_is_refused_for_its_request_alone(String lengths) {
    JsonNode responses = twoInOneBatch("{%s}".formatted(lengths), "{}", "restart");

    assertThat(responses.at("/0/status").asInt()).isEqualTo(400);
    assertThat(responses.at("/0/body/error/target").asString()).isEqualTo("Content-Length");
    assertThat(responses.at("/0/body/error/message").asString())
        .contains("'Content-Length' must be one whole number of bytes");
    assertThat(responses.at("/1/status").asInt()).isEqualTo(204);
    assertThat(calls).hasSize(1);
  }

  /** The length of JSON inside of JSON says nothing: blanks and escapes are the writer's choice. */
  @Test
  void a_length_in_a_batch_is_that_of_the_body_where_it_can_be_known() {
    String wrong = "{\"Content-Length\":\"5\"}";
    assertThat(twoInOneBatch(wrong, "{}", "restart").at("/0/status").asInt()).isEqualTo(204);
    calls.clear();

    String bytes = Base64.getEncoder().encodeToString(new byte[4]);
    JsonNode refused = twoInOneBatch(wrong, "\"" + bytes + "\"", "restart");
    assertThat(refused.at("/0/status").asInt()).isEqualTo(400);
    assertThat(refused.at("/0/body/error/message").asString())
        .isEqualTo("The header 'Content-Length' says 5, and the body has 4 bytes.");
  }

  private JsonNode twoInOneBatch(String headers, String body, String action) {
    Response response =
        post(
            "/beta/$batch",
            """
            {"requests":[
              {"id":"1","method":"PUT","url":"/things/x/content","headers":%s,"body":%s},
              {"id":"2","method":"POST","url":"/teamwork/devices/x/%s"}
            ]}
            """
                .formatted(headers, body, action));
    assertThat(response.status()).isEqualTo(200);
    return json(response).get("responses");
  }

  /** Two files of 60 MB in one batch took six times as much memory, and the server with it. */
  @Test
  void a_file_that_a_batch_has_no_room_for_is_refused_before_a_byte_of_it_is_read() {
    JsonNode responses =
        json(post(
                "/beta/$batch",
                """
                {"requests":[
                  {"id":"1","method":"GET","url":"/things/60000000/content"},
                  {"id":"2","method":"GET","url":"/things/60000000/content"},
                  {"id":"3","method":"GET","url":"/things/5/content"}
                ]}
                """))
            .get("responses");

    for (int large = 0; large < 2; large++) {
      assertThat(responses.at("/" + large + "/status").asInt()).isEqualTo(413);
      assertThat(responses.at("/" + large + "/body/error/message").asString())
          .contains("60000000 bytes")
          .contains("outside of a batch");
    }
    assertThat(responses.at("/2/body").asString()).isEqualTo("AAAAAAA=");
    assertThat(only().key("bytes")).isEqualTo("5");
    assertThat(calls).isEmpty();
  }

  @Test
  void the_answers_of_a_batch_share_its_room() {
    String part = "{\"id\":\"%d\",\"method\":\"GET\",\"url\":\"/things/1400000/content\"}";
    Response response =
        post(
            "/beta/$batch",
            IntStream.range(0, 3)
                .mapToObj(part::formatted)
                .collect(Collectors.joining(",", "{\"requests\":[", "]}")));

    assertThat(json(response).get("responses").valueStream().map(one -> one.get("status").asInt()))
        .containsExactlyInAnyOrder(200, 200, 413);
  }

  /** The others had been carried out by the time when the circle was found. */
  @Test
  void a_batch_that_is_refused_for_a_circle_has_done_nothing() {
    Response response =
        post(
            "/beta/$batch",
            """
            {"requests":[
              {"id":"a","method":"GET","url":"/teamwork/devices"},
              {"id":"b","method":"GET","url":"/teamwork/devices","dependsOn":["c"]},
              {"id":"c","method":"GET","url":"/teamwork/devices","dependsOn":["b"]}
            ]}
            """);
    assertThat(response.status()).isEqualTo(400);
    assertThat(calls).isEmpty();
  }

  /** Two hundred bodies of 4 MB that were all brackets took the whole heap. */
  @Test
  void a_body_of_nothing_but_brackets_is_refused_before_it_fills_the_memory() {
    String brackets = "[" + "[],".repeat(60_000) + "[]]";
    assertThat(message(post("/beta/$batch", "{\"requests\":%s}".formatted(brackets))))
        .contains("more than 100000 values, names and brackets");
    assertThat(message(post("/beta/teamwork/devices/x/updateSoftware", brackets)))
        .contains("more than 100000 values, names and brackets");
  }

  /** Each batch is held in memory: so are so many of them. */
  @Test
  void batches_wait_for_their_turn() throws Exception {
    String batch = "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/things/slow\"}]}";
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Response>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(threads.submit(() -> post("/beta/$batch", batch)));
      }
      assertThat(begun.tryAcquire(8, 5, TimeUnit.SECONDS)).isTrue();
      assertThat(begun.tryAcquire(300, TimeUnit.MILLISECONDS)).isFalse();
      go.countDown();
      for (Future<Response> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
    }
  }

  /**
   * The answers of a wave were once copied by its own requests, while the first of them were being
   * put in: now and then a whole batch ended as 500.
   */
  @Test
  void the_requests_of_a_wave_do_not_disturb_each_other() {
    String requests =
        IntStream.range(0, Batch.MAX_REQUESTS)
            .mapToObj(
                i ->
                    "{\"id\":\"%d\",\"method\":\"GET\",\"url\":\"/teamwork/devices\"}".formatted(i))
            .collect(Collectors.joining(",", "{\"requests\":[", "]}"));
    for (int round = 0; round < 300; round++) {
      assertThat(post("/beta/$batch", requests).status()).isEqualTo(200);
    }
  }

  @Test
  void a_batch_of_21_is_refused_and_a_batch_in_a_batch_too() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 21; i++) {
      many.append(i == 0 ? "" : ",")
          .append("{\"id\":\"%d\",\"method\":\"GET\",\"url\":\"/teamwork/devices\"}".formatted(i));
    }
    assertThat(message(post("/beta/$batch", "{\"requests\":[" + many + "]}"))).contains("1 to 20");
    assertThat(
            json(post(
                    "/beta/$batch",
                    "{\"requests\":[{\"id\":\"1\",\"method\":\"POST\",\"url\":\"/$batch\",\"body\":{}}]}"))
                .at("/responses/0/status")
                .asInt())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://h/beta/me",
        "https://graph.example/v1.0/teamwork/devices",
        "https://graph.example/betamax/teamwork/devices",
        "https://graph.example.evil.example/beta/teamwork/devices",
        "http://graph.example/beta/teamwork/devices"
      })
  void an_absolute_url_of_another_place_in_a_batch_is_refused_with_the_rule(String url) {
    String absolute =
        "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"%s\"}]}".formatted(url);
    assertThat(
            json(post("/beta/$batch", absolute)).at("/responses/0/body/error/message").asString())
        .contains("relative to the version");
  }

  /**
   * The Python SDK puts whole addresses into its batches and calls the prerequisites {@code
   * depends_on}: every request of such a batch was refused, and none would have waited.
   */
  @Test
  void a_batch_of_the_python_sdk_runs_in_its_order() {
    JsonNode responses =
        json(post(
                "/beta/$batch",
                """
                {"requests":[
                  {"id":"1","method":"GET","url":"https://graph.example/beta/teamwork/devices?$top=1","depends_on":[]},
                  {"id":"2","method":"GET","url":"https://graph.example/beta/teamwork/nothing","depends_on":["1"]},
                  {"id":"3","method":"GET","url":"https://graph.example/beta/teamwork/devices","depends_on":["2"]}
                ]}
                """))
            .get("responses");
    assertThat(
            responses
                .valueStream()
                .map(one -> one.get("id").asString() + one.get("status").asInt()))
        .containsExactlyInAnyOrder("1204", "2400", "3424");
    assertThat(calls.stream().map(call -> call.request().rawQuery())).contains("$top=1");
  }

  @Test
  void metadata_is_served_to_anybody_in_each_version() {
    for (GraphVersion version : GraphVersion.values()) {
      Response response = get(version.root() + "/$metadata");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.headers().first("Content-Type")).isEqualTo("application/xml");
    }
  }

  // Clients encode the dollar sign of options and of segments alike; $count was found so, and
  // $metadata and $batch were not.
  @Test
  void metadata_and_batch_are_found_with_an_encoded_dollar_sign_and_a_final_slash() {
    assertThat(get("/beta/%24metadata").status()).isEqualTo(200);
    assertThat(get("/beta/$Metadata/").status()).isEqualTo(200);
    String batch = "{\"requests\":[{\"id\":\"1\",\"method\":\"POST\",\"url\":\"%24batch/\"}]}";
    for (String target : List.of("/beta/%24batch", "/beta/$batch/")) {
      assertThat(json(post(target, batch)).at("/responses/0/body/error/message").asString())
          .isEqualTo("A batch cannot hold a batch.");
    }
  }

  @Test
  void the_root_of_a_version_names_what_its_paths_begin_with() {
    for (String target : List.of("/beta", "/beta/", "/BETA")) {
      JsonNode document = json(get(target));
      assertThat(document.path("@odata.context").asString())
          .isEqualTo("https://graph.example/beta/$metadata");
      assertThat(document.path("value").valueStream().map(JsonNode::toString))
          .contains(
              "{\"name\":\"users\",\"kind\":\"EntitySet\",\"url\":\"users\"}",
              "{\"name\":\"teamwork\",\"kind\":\"Singleton\",\"url\":\"teamwork\"}");
    }
    assertThat(send("DELETE", "/v1.0/", Headers.none(), "").status()).isEqualTo(405);
  }

  @Test
  void a_broken_percent_encoding_is_400() {
    assertThat(message(get("/beta/teamwork/devices/%zz"))).contains("percent sign");
    assertThat(get("/beta/teamwork/devices/%C3%28").status()).isEqualTo(400);
  }

  @Test
  void a_browser_may_read_the_answer_and_its_headers() {
    Response response =
        send("GET", "/beta/teamwork/devices", Headers.of("Origin", "https://app.example"), "");
    assertThat(response.headers().first("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(send("OPTIONS", "/beta/x", Headers.of("Origin", "https://app.example"), "").status())
        .isEqualTo(204);
  }
}
