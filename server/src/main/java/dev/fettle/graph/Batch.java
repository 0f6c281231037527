package dev.fettle.graph;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * {@code POST /$batch} (public document: "Combine multiple HTTP requests using JSON batching"): at
 * most 20 requests, run at the same time unless one names another in {@code dependsOn}; a request
 * whose prerequisite failed is answered 424. The batch itself is refused only if its own form is
 * wrong. Nothing streams within it, so what is read has to fit into the room of the whole batch.
 */
final class Batch {

  static final int MAX_REQUESTS = 20;
  static final int MAX_BYTES = 4 * 1024 * 1024;

  /** The most bytes of the bodies of all answers to reads, as they stand in the document. */
  static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;

  /** Answers the requests of the batch, each under a request id of its own. */
  @FunctionalInterface
  interface Operator {
    /**
     * The answer to a part, as if it had come alone.
     *
     * @param refused the reason for which it is not carried out; null if it is
     */
    Response answer(Request part, @Nullable Reason refused, String requestId);
  }

  /**
   * One request of the batch; {@code wireId} is the id as it was sent, {@code id} folded for
   * comparison.
   */
  private record Part(
      String id, String wireId, Request request, Set<String> dependsOn, @Nullable Reason refused) {}

  private final GraphVersion version;
  private final Operator operator;
  private final Ids ids;
  private final AtomicInteger room = new AtomicInteger(MAX_ANSWER_BYTES);

  Batch(GraphVersion version, Operator operator, Ids ids) {
    this.version = version;
    this.operator = operator;
    this.ids = ids;
  }

  /** The batch as it comes in. */
  byte[] body(Request request) {
    if (!request.method().equals("POST")) {
      throw new Refusal(
          new Reason.MethodNotAllowed(
              Set.of("POST"), "Specified HTTP method is not allowed for the request target."));
    }
    byte[] bytes = request.body(MAX_BYTES);
    Bodies.requireJson(request, bytes);
    return bytes;
  }

  Response answer(Request request, byte[] bytes) {
    Map<String, Part> parts = parts(request, Json.readBody(bytes));
    Map<String, Response> answers = run(waves(parts.values()));
    return Response.of(
        200,
        "application/json",
        Json.generate(
            json -> {
              json.writeStartObject();
              json.writeArrayPropertyStart("responses");
              parts.forEach(
                  (id, part) ->
                      write(json, part.wireId(), Objects.requireNonNull(answers.get(id))));
              json.writeEndArray();
              json.writeEndObject();
            }));
  }

  /** Runs wave after wave, the parts of each at the same time. */
  private Map<String, Response> run(List<List<Part>> waves) {
    Map<String, Response> answers = new HashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (List<Part> wave : waves) {
        // Copied here, before the wave runs: its own answers are put in while others still start.
        Map<String, Response> before = Map.copyOf(answers);
        Map<Part, Future<Response>> running = new LinkedHashMap<>();
        for (Part part : wave) {
          running.put(part, threads.submit(() -> answer(part, before)));
        }
        running.forEach((part, future) -> answers.put(part.id(), await(future)));
      }
    }
    return answers;
  }

  /** Each wave holds all parts whose prerequisites are in the waves before it. */
  private static List<List<Part>> waves(Collection<Part> parts) {
    List<List<Part>> waves = new ArrayList<>();
    List<Part> waiting = new ArrayList<>(parts);
    Set<String> before = new HashSet<>();
    while (!waiting.isEmpty()) {
      List<Part> ready =
          waiting.stream().filter(part -> before.containsAll(part.dependsOn())).toList();
      if (ready.isEmpty()) {
        throw Refusal.invalid(
            "dependsOn", "The requests of the batch depend on each other in a circle.");
      }
      waiting.removeAll(ready);
      ready.forEach(part -> before.add(part.id()));
      waves.add(ready);
    }
    return waves;
  }

  private Response answer(Part part, Map<String, Response> answers) {
    for (String prerequisite : part.dependsOn()) {
      Response before = answers.get(prerequisite);
      if (before != null && before.status() >= 400) {
        return operator.answer(
            part.request(),
            new Reason.FailedDependency(
                "The request was not carried out: request '%s', on which it depends, ended with %d."
                    .formatted(prerequisite, before.status())),
            ids.requestId());
      }
    }
    Response answer = operator.answer(part.request(), part.refused(), ids.requestId());
    return part.refused() == null ? held(part.request(), answer) : answer;
  }

  /**
   * The answer with its body at hand, if the answers of the batch together leave room for it. A
   * change that was made is told in any case: what it answers is no larger than what was sent.
   */
  private Response held(Request request, Response answer) {
    long length =
        switch (answer.body()) {
          case Response.None ignored -> 0;
          case Response.Bytes(byte[] bytes) -> bytes.length;
          case Response.Stream(long announced, var ignored) -> announced;
        };
    // What is no text stands in the document as base64.
    long wire = isText(answer) ? length : length / 3 * 4 + 4;
    boolean fits = room.getAndUpdate(left -> left < wire ? left : left - (int) wire) >= wire;
    boolean read = request.method().matches("GET|HEAD") || answer.body() instanceof Response.Stream;
    if (!fits && read) {
      return operator.answer(
          request,
          new Reason.TooLarge(
              "The answer has %d bytes, and there is no room for it: the answers of a batch have at most %d bytes together. Send this request outside of a batch."
                  .formatted(length, MAX_ANSWER_BYTES)),
          ids.requestId());
    }
    return answer.body() instanceof Response.Stream stream
        ? new Response(answer.status(), answer.headers(), new Response.Bytes(written(stream)))
        : answer;
  }

  private static Response await(Future<Response> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("A part of a batch ended without an answer", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while a batch was running", e);
    }
  }

  private Map<String, Part> parts(Request outer, JsonNode document) {
    if (!(document.get("requests") instanceof ArrayNode requests)) {
      throw Refusal.invalid("requests", "The batch must have an array 'requests'.");
    }
    if (requests.isEmpty() || requests.size() > MAX_REQUESTS) {
      throw Refusal.invalid(
          "requests",
          "A batch holds 1 to %d requests; this one holds %d."
              .formatted(MAX_REQUESTS, requests.size()));
    }
    Map<String, Part> parts = new LinkedHashMap<>();
    for (JsonNode one : requests) {
      Part part = part(outer, one, parts.size());
      if (parts.put(part.id(), part) != null) {
        throw Refusal.invalid(
            "requests/id", "The id '%s' is given twice.".formatted(part.wireId()));
      }
    }
    for (Part part : parts.values()) {
      for (String prerequisite : part.dependsOn()) {
        if (!parts.containsKey(prerequisite)) {
          throw Refusal.invalid(
              "dependsOn",
              "Request '%s' depends on '%s', which is not in the batch."
                  .formatted(part.wireId(), prerequisite));
        }
      }
    }
    return parts;
  }

  private Part part(Request outer, JsonNode one, int at) {
    JsonNode id = one.get("id");
    if (id == null || !(id.isString() || id.isIntegralNumber()) || id.asString().isEmpty()) {
      throw Refusal.invalid("requests/id", "Request %d of the batch has no id.".formatted(at + 1));
    }
    String method = required(one, "method", id).toUpperCase(Locale.ROOT);
    String url = relative(outer, required(one, "url", id));
    int question = url.indexOf('?');
    String path = question < 0 ? url : url.substring(0, question);
    String query = question < 0 ? "" : url.substring(question + 1);
    Headers headers = headers(outer, one.get("headers"), id);
    JsonNode content = one.get("body");
    byte[] body = body(content);
    Reason wrongLength = wrongLength(headers.all("Content-Length"), content, body.length);
    Request request =
        outer.part(
            method,
            encoded(path.startsWith("/") ? path : "/" + path),
            encoded(query),
            headers.with("Content-Length", Integer.toString(body.length)),
            body);
    return new Part(
        folded(id.asString()),
        id.asString(),
        request,
        dependsOn(prerequisites(one), id),
        wrongLength);
  }

  /**
   * The refusal of a length that a part states and cannot have: it is one number, and that of the
   * body unless that is JSON, whose length in the document says nothing.
   */
  private static @Nullable Reason wrongLength(
      List<String> stated, @Nullable JsonNode content, int length) {
    if (stated.isEmpty()) {
      return null;
    }
    String one = stated.getFirst().strip();
    if (!one.matches("\\d{1,18}") || stated.stream().anyMatch(each -> !each.strip().equals(one))) {
      return Reason.invalid(
          "Content-Length",
          "The header 'Content-Length' must be one whole number of bytes, not '%s'."
              .formatted(String.join(", ", stated)));
    }
    boolean json = content != null && content.isContainer();
    return json || Long.parseLong(one) == length
        ? null
        : Reason.invalid(
            "Content-Length",
            "The header 'Content-Length' says %s, and the body has %d bytes."
                .formatted(one, length));
  }

  /**
   * The url without the address of this version of this server, which the Python SDK leaves before
   * it. Any other absolute url stays as it is, and its request is refused.
   */
  private String relative(Request outer, String url) {
    String own = outer.origin() + version.root() + "/";
    return url.regionMatches(true, 0, own, 0, own.length()) ? url.substring(own.length() - 1) : url;
  }

  /**
   * The requests that one waits for; the Python SDK writes the member's name in its own language's
   * way.
   */
  private static @Nullable JsonNode prerequisites(JsonNode one) {
    JsonNode documented = one.get("dependsOn");
    return documented == null ? one.get("depends_on") : documented;
  }

  private static Set<String> dependsOn(@Nullable JsonNode list, JsonNode id) {
    Set<String> dependsOn = new TreeSet<>();
    if (list == null || list.isNull()) {
      return dependsOn;
    }
    if (!list.isArray() || !list.valueStream().allMatch(JsonNode::isValueNode)) {
      throw Refusal.invalid(
          "requests/dependsOn",
          "Member 'dependsOn' of request '%s' must be an array of ids of this batch."
              .formatted(id.asString()));
    }
    list.forEach(before -> dependsOn.add(folded(before.asString())));
    return dependsOn;
  }

  private static String required(JsonNode one, String member, JsonNode id) {
    JsonNode value = one.get(member);
    if (value == null || !value.isString() || value.asString().isEmpty()) {
      throw Refusal.invalid(
          "requests/" + member,
          "Request '%s' of the batch has no %s.".formatted(id.asString(), member));
    }
    return value.asString();
  }

  /** The part's own header fields; authorization and correlation are those of the batch. */
  private static Headers headers(Request outer, @Nullable JsonNode fields, JsonNode id) {
    List<Map.Entry<String, String>> all = new ArrayList<>();
    if (fields != null && !fields.isNull()) {
      if (!fields.isObject() || !fields.valueStream().allMatch(JsonNode::isValueNode)) {
        throw Refusal.invalid(
            "requests/headers",
            "Member 'headers' of request '%s' must be an object of strings."
                .formatted(id.asString()));
      }
      fields.forEachEntry((name, value) -> all.add(Map.entry(name, value.asString())));
    }
    Headers headers = Headers.copyOf(all);
    String origin = outer.header("Host");
    return origin == null ? headers : headers.with("Host", origin);
  }

  private static byte[] body(@Nullable JsonNode body) {
    if (body == null || body.isNull()) {
      return new byte[0];
    }
    if (body.isString()) {
      try {
        return Base64.getDecoder().decode(body.asString());
      } catch (IllegalArgumentException e) {
        return body.asString().getBytes(StandardCharsets.UTF_8);
      }
    }
    return Json.bytes(body);
  }

  /** Blanks and quotes come as they are inside a batch; on a request line they would be encoded. */
  private static String encoded(String text) {
    return text.replace(" ", "%20");
  }

  private static String folded(String id) {
    return id.toLowerCase(Locale.ROOT);
  }

  /**
   * Header values are strings and an empty body is left out: typed clients fail on anything else.
   */
  private static void write(JsonGenerator json, String id, Response answer) {
    json.writeStartObject();
    json.writeStringProperty("id", id);
    json.writeNumberProperty("status", answer.status());
    json.writeObjectPropertyStart("headers");
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    answer.headers().forEach(headers::put);
    headers.forEach(json::writeStringProperty);
    json.writeEndObject();
    if (answer.body() instanceof Response.Bytes(byte[] bytes) && bytes.length > 0) {
      json.writeName("body");
      if (type(answer).startsWith("application/json")) {
        json.writeRawValue(new String(bytes, StandardCharsets.UTF_8));
      } else if (isText(answer)) {
        json.writeString(new String(bytes, StandardCharsets.UTF_8));
      } else {
        json.writeString(Base64.getEncoder().encodeToString(bytes));
      }
    }
    json.writeEndObject();
  }

  private static boolean isText(Response answer) {
    return type(answer).startsWith("application/json") || type(answer).startsWith("text/");
  }

  private static String type(Response answer) {
    return Objects.requireNonNullElse(answer.headers().first("Content-Type"), "");
  }

  private static byte[] written(Response.Stream stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream((int) stream.length());
    try {
      stream.writer().writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
