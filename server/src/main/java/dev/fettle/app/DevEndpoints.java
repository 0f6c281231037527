package dev.fettle.app;

import dev.fettle.app.settings.Mode;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.http.Door;
import dev.fettle.http.Endpoints;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.http.Router;
import dev.fettle.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The switches for tests in development mode: the clock, faults, a fresh start. {@code serve}
 * refuses each with the reason, and gives only the authority's certificate, which is public.
 *
 * <p>A page of another site must not drive a developer's server through their browser, so a request
 * that says it comes from another origin is refused.
 */
final class DevEndpoints implements Door, Router.Gate {
  private static final String NAME = "development";
  private static final String PREFIX = "/fettle/dev";

  /** Paths that only development has, each with the reason for an operator's server. */
  private static final Map<String, String> DRIVEN =
      Map.of(
          PREFIX + "/clock", "time cannot be set",
          PREFIX + "/faults", "faults cannot be injected",
          PREFIX + "/reset", "data cannot be thrown away");

  private static final Logger LOG = LoggerFactory.getLogger(DevEndpoints.class);
  private static final int BODY_LIMIT = 10_000;
  private static final int MOST_TIMES = 1_000_000;
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

  private final Mode mode;
  private final Path data;
  private final DevClock clock;
  private final Faults faults = new Faults();
  private final Function<Reason, Response> refusals;
  private final Runnable freshStart;
  private final Endpoints endpoints = new Endpoints(table());

  /**
   * The endpoints that drive a server.
   *
   * @param data the data directory
   * @param refusals answers a refused request
   * @param freshStart throws the data away and begins anew
   */
  DevEndpoints(
      Mode mode,
      Path data,
      DevClock clock,
      Function<Reason, Response> refusals,
      Runnable freshStart) {
    this.mode = mode;
    this.data = data;
    this.clock = clock;
    this.refusals = refusals;
    this.freshStart = freshStart;
  }

  private List<Endpoints.Endpoint> table() {
    List<Endpoints.Endpoint> rows = new ArrayList<>();
    rows.add(row("GET", "/ca.pem", request -> authority()));
    for (String method : List.of("GET", "DELETE", "PUT", "POST", "PATCH")) {
      rows.add(row(method, "/clock", this::clock));
    }
    for (String method : List.of("GET", "DELETE", "POST")) {
      rows.add(row(method, "/faults", this::faults));
    }
    rows.add(row("POST", "/reset", request -> reset()));
    return rows;
  }

  private static Endpoints.Endpoint row(
      String method, String path, Function<Request, Response> operation) {
    return new Endpoints.Endpoint(
        method, PREFIX + path, (request, keys) -> operation.apply(request));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Row> rows() {
    return endpoints.rows();
  }

  @Override
  public boolean claims(Request request) {
    return request.rawPath().startsWith(PREFIX + "/");
  }

  @Override
  public Match match(Request request) {
    // As the table compares it, so that no other spelling of a path gets past.
    String path = ("/" + String.join("/", request.segments())).toLowerCase(Locale.ROOT);
    String why = DRIVEN.get(path);
    if (mode == Mode.SERVE && why != null) {
      throw Refusal.forbidden(
          "%s exists in 'fettle dev' only. This server runs as 'fettle serve', where %s."
              .formatted(path, why));
    }
    String origin = request.header("Origin");
    if (why != null && origin != null && !origin.equals(request.origin())) {
      throw Refusal.forbidden("A page of another site may not drive this server.");
    }
    return endpoints.match(request);
  }

  @Override
  public Response refuse(Request request, Reason reason, String requestId) {
    return refusals.apply(reason);
  }

  @Override
  public Response fail(Request request, String requestId) {
    return Response.text(500, "text/plain", "The server failed to answer; its log has the cause.");
  }

  /** The faults that were asked for, which meet all doors but those that tests look through. */
  @Override
  public Optional<Reason> refusal(Door door, Request request) {
    if (mode == Mode.SERVE || door == this || door.name().equals("health")) {
      return Optional.empty();
    }
    Optional<Faults.Fault> fault = faults.take(request);
    fault.ifPresent(
        met -> {
          LOG.info("event=fault path={} status={}", request.rawPath(), met.status());
          pause(met.delay());
        });
    return fault.flatMap(Faults.Fault::reason);
  }

  private static void pause(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Response authority() {
    Path file = LocalAuthority.certificate(data);
    if (!Files.exists(file)) {
      throw Refusal.notFound(
          "This server has a certificate of its operator's, not of its own making.");
    }
    try {
      return Response.of(200, "application/x-pem-file", Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Response clock(Request request) {
    switch (request.method()) {
      case "GET", "HEAD" -> {}
      case "DELETE" -> clock.reset();
      default -> move(body(request));
    }
    return json(
        Json.object().put("now", clock.instant().toString()).put("stopped", clock.stopped()));
  }

  private void move(JsonNode body) {
    known(body, Set.of("now", "advance", "stopped"));
    try {
      JsonNode stopped = body.get("stopped");
      if (stopped != null && stopped.asBoolean()) {
        clock.stop();
      }
      JsonNode now = body.get("now");
      if (now != null) {
        clock.set(bounded(Instant.parse(now.asString())));
      }
      JsonNode advance = body.get("advance");
      if (advance != null) {
        clock.set(bounded(clock.instant().plus(Duration.parse(advance.asString()))));
      }
      if (stopped != null && !stopped.asBoolean()) {
        clock.run();
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw Refusal.invalid(
          "now",
          "'now' is a time such as 2026-11-21T12:00:00Z, 'advance' a duration such as PT1H.");
    }
  }

  /** Dates outside these fit neither tokens nor the database. */
  private static Instant bounded(Instant time) {
    if (time.isBefore(Instant.parse("2000-01-01T00:00:00Z"))
        || time.isAfter(Instant.parse("2200-01-01T00:00:00Z"))) {
      throw new DateTimeException("out of bounds");
    }
    return time;
  }

  private Response faults(Request request) {
    switch (request.method()) {
      case "GET", "HEAD" -> {}
      case "DELETE" -> faults.clear();
      default -> faults.add(fault(body(request)));
    }
    ObjectNode document = Json.object();
    ArrayNode list = document.putArray("value");
    for (Faults.Fault fault : faults.left()) {
      list.addObject()
          .put("path", fault.path())
          .put("method", fault.method())
          .put("status", fault.status())
          .put("delay", fault.delay().toString())
          .put("retryAfter", fault.retryAfter())
          .put("times", fault.times());
    }
    return json(document);
  }

  private static Faults.Fault fault(JsonNode body) {
    known(body, Set.of("path", "method", "status", "delay", "retryAfter", "times"));
    JsonNode path = body.get("path");
    if (path == null || !path.asString("").startsWith("/")) {
      throw Refusal.invalid("path", "'path' says how the paths begin that meet the fault.");
    }
    int status = number(body, "status", 0, 0, 599);
    if (status != 0 && status != 429 && status != 503) {
      throw Refusal.invalid("status", "'status' is 429, 503, or 0 for a delay only.");
    }
    Duration delay;
    try {
      JsonNode given = body.get("delay");
      delay = given == null ? Duration.ZERO : Duration.parse(given.asString(""));
    } catch (DateTimeException e) {
      throw Refusal.invalid("delay", "'delay' is a duration such as PT0.5S.");
    }
    if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
      throw Refusal.invalid("delay", "'delay' is at most " + LONGEST_DELAY + ".");
    }
    JsonNode method = body.get("method");
    return new Faults.Fault(
        path.asString(),
        method == null ? "" : method.asString("").toUpperCase(Locale.ROOT),
        status,
        delay,
        number(body, "retryAfter", 1, 0, 3600),
        number(body, "times", 1, 1, MOST_TIMES));
  }

  private static int number(JsonNode body, String name, int standard, int least, int most) {
    JsonNode given = body.get(name);
    if (given == null) {
      return standard;
    }
    if (!given.isInt() || given.intValue() < least || given.intValue() > most) {
      throw Refusal.invalid(
          name, "'%s' is a whole number from %d to %d.".formatted(name, least, most));
    }
    return given.intValue();
  }

  private Response reset() {
    faults.clear();
    clock.reset();
    freshStart.run();
    LOG.info("event=reset");
    return json(Json.object().put("status", "reset"));
  }

  private static JsonNode body(Request request) {
    JsonNode body = Json.readBody(request.body(BODY_LIMIT));
    if (!body.isObject()) {
      throw Refusal.invalid(null, "The body is a JSON object.");
    }
    return body;
  }

  private static void known(JsonNode body, Set<String> names) {
    for (String name : body.propertyNames()) {
      if (!names.contains(name)) {
        throw Refusal.invalid(name, "There is no '%s' here; known are %s.".formatted(name, names));
      }
    }
  }

  private static Response json(ObjectNode document) {
    return Response.of(200, "application/json", Json.bytes(document))
        .with("Cache-Control", "no-store");
  }
}
