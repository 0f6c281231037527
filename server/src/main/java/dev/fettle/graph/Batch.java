package dev.fettle.graph;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.graph.bodies.Bodies;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /$batch} (public document: "Combine multiple HTTP requests using JSON batching"): at
 * most 20 requests, run at the same time unless one names another in {@code dependsOn}; a request
 * whose prerequisite failed is answered 424. The batch itself is refused only if its own form is
 * wrong.
 */
final class Batch {

  static final int MAX_REQUESTS = 20;
  static final int MAX_BYTES = 4 * 1024 * 1024;

  /** Answers the requests of the batch, each under a request id of its own. */
  interface Operator {
    /** The answer to a part, as if it had come alone. */
    Response answer(Request part, String requestId);

    /** The answer to a part that is not carried out. */
    Response refuse(Reason reason, String requestId);
  }

  /**
   * One request of the batch; {@code wireId} is the id as it was sent, {@code id} folded for
   * comparison.
   */
  private record Part(String id, String wireId, Request request, Set<String> dependsOn) {}

  private final GraphVersion version;
  private final Operator operator;
  private final Ids ids;

  Batch(GraphVersion version, Operator operator, Ids ids) {
    this.version = version;
    this.operator = operator;
    this.ids = ids;
  }

  Response answer(Request request) {
    if (!request.method().equals("POST")) {
      throw new Refusal(
          new Reason.MethodNotAllowed(
              Set.of("POST"), "Specified HTTP method is not allowed for the request target."));
    }
    byte[] bytes = request.body(MAX_BYTES);
    Bodies.requireJson(request, bytes);
    Map<String, Part> parts = parts(request, Json.read(bytes));
    Map<String, Response> answers = run(parts);
    ObjectNode document = Json.object();
    ArrayNode responses = document.putArray("responses");
    parts.forEach(
        (id, part) -> responses.add(wire(part.wireId(), Objects.requireNonNull(answers.get(id)))));
    return Response.of(200, "application/json", Json.bytes(document));
  }

  /** Runs wave after wave: all parts whose prerequisites have been answered, at the same time. */
  private Map<String, Response> run(Map<String, Part> parts) {
    Map<String, Response> answers = new HashMap<>();
    List<Part> waiting = new ArrayList<>(parts.values());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (!waiting.isEmpty()) {
        List<Part> ready =
            waiting.stream()
                .filter(part -> answers.keySet().containsAll(part.dependsOn()))
                .toList();
        if (ready.isEmpty()) {
          throw new Refusal(
              Reason.invalid(
                  "dependsOn", "The requests of the batch depend on each other in a circle."));
        }
        waiting.removeAll(ready);
        // Copied here, before the wave runs: its own answers are put in while others still start.
        Map<String, Response> before = Map.copyOf(answers);
        Map<Part, Future<Response>> running = new LinkedHashMap<>();
        for (Part part : ready) {
          running.put(part, threads.submit(() -> answer(part, before)));
        }
        running.forEach((part, future) -> answers.put(part.id(), await(future)));
      }
    }
    return answers;
  }

  private Response answer(Part part, Map<String, Response> answers) {
    for (String prerequisite : part.dependsOn()) {
      Response before = answers.get(prerequisite);
      if (before != null && before.status() >= 400) {
        return operator.refuse(
            new Reason.FailedDependency(
                "The request was not carried out: request '%s', on which it depends, ended with %d."
                    .formatted(prerequisite, before.status())),
            ids.guid());
      }
    }
    return operator.answer(part.request(), ids.guid());
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
      throw new Refusal(Reason.invalid("requests", "The batch must have an array 'requests'."));
    }
    if (requests.isEmpty() || requests.size() > MAX_REQUESTS) {
      throw new Refusal(
          Reason.invalid(
              "requests",
              "A batch holds 1 to %d requests; this one holds %d."
                  .formatted(MAX_REQUESTS, requests.size())));
    }
    Map<String, Part> parts = new LinkedHashMap<>();
    for (JsonNode one : requests) {
      Part part = part(outer, one, parts.size());
      if (parts.put(part.id(), part) != null) {
        throw new Refusal(
            Reason.invalid("requests/id", "The id '%s' is given twice.".formatted(part.wireId())));
      }
    }
    for (Part part : parts.values()) {
      for (String prerequisite : part.dependsOn()) {
        if (!parts.containsKey(prerequisite)) {
          throw new Refusal(
              Reason.invalid(
                  "dependsOn",
                  "Request '%s' depends on '%s', which is not in the batch."
                      .formatted(part.wireId(), prerequisite)));
        }
      }
    }
    return parts;
  }

  private Part part(Request outer, JsonNode one, int at) {
    JsonNode id = one.get("id");
    if (id == null || !(id.isString() || id.isIntegralNumber()) || id.asString().isEmpty()) {
      throw new Refusal(
          Reason.invalid("requests/id", "Request %d of the batch has no id.".formatted(at + 1)));
    }
    String method = required(one, "method", id).toUpperCase(Locale.ROOT);
    String url = relative(outer, required(one, "url", id));
    int question = url.indexOf('?');
    String path = question < 0 ? url : url.substring(0, question);
    String query = question < 0 ? "" : url.substring(question + 1);
    Request request =
        outer.part(
            method,
            encoded(path.startsWith("/") ? path : "/" + path),
            encoded(query),
            headers(outer, one.get("headers"), id),
            body(one.get("body")));
    return new Part(
        folded(id.asString()), id.asString(), request, dependsOn(prerequisites(one), id));
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
   * What a request waits for; the Python SDK writes the member's name in its own language's way.
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
      throw new Refusal(
          Reason.invalid(
              "requests/dependsOn",
              "Member 'dependsOn' of request '%s' must be an array of ids of this batch."
                  .formatted(id.asString())));
    }
    list.forEach(before -> dependsOn.add(folded(before.asString())));
    return dependsOn;
  }

  private static String required(JsonNode one, String member, JsonNode id) {
    JsonNode value = one.get(member);
    if (value == null || !value.isString() || value.asString().isEmpty()) {
      throw new Refusal(
          Reason.invalid(
              "requests/" + member,
              "Request '%s' of the batch has no %s.".formatted(id.asString(), member)));
    }
    return value.asString();
  }

  /** The part's own header fields; authorization and correlation are those of the batch. */
  private static Headers headers(Request outer, @Nullable JsonNode fields, JsonNode id) {
    Map<String, List<String>> all = new HashMap<>();
    if (fields != null && !fields.isNull()) {
      if (!fields.isObject() || !fields.valueStream().allMatch(JsonNode::isValueNode)) {
        throw new Refusal(
            Reason.invalid(
                "requests/headers",
                "Member 'headers' of request '%s' must be an object of strings."
                    .formatted(id.asString())));
      }
      fields.forEachEntry((name, value) -> all.put(name, List.of(value.asString())));
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
  private static ObjectNode wire(String id, Response answer) {
    ObjectNode wire = Json.object().put("id", id).put("status", answer.status());
    ObjectNode headers = wire.putObject("headers");
    answer.headers().forEach(headers::put);
    byte[] bytes = bytes(answer.body());
    String type = Objects.requireNonNullElse(answer.headers().first("Content-Type"), "");
    if (bytes.length > 0 && type.startsWith("application/json")) {
      wire.set("body", Json.read(bytes));
    } else if (bytes.length > 0 && type.startsWith("text/")) {
      wire.put("body", new String(bytes, StandardCharsets.UTF_8));
    } else if (bytes.length > 0) {
      wire.put("body", Base64.getEncoder().encodeToString(bytes));
    }
    return wire;
  }

  private static byte[] bytes(Response.Body body) {
    return switch (body) {
      case Response.None ignored -> new byte[0];
      case Response.Bytes(byte[] bytes) -> bytes;
      case Response.Stream(long length, Response.Writer writer) -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) Math.min(length, MAX_BYTES));
        try {
          writer.writeTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        yield out.toByteArray();
      }
    };
  }
}
