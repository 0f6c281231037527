package dev.fettle.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.http.Door;
import dev.fettle.http.Endpoints;
import dev.fettle.http.HttpServer;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.http.Router;
import dev.fettle.jobs.WorkRecord;
import dev.fettle.json.Json;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Health, metrics, and a line of the log for each request if operators want it. Each answer is
 * reported here, so that what is counted is what clients saw.
 */
final class Monitoring implements Door, Router.Observer {
  private static final Logger LOG = LoggerFactory.getLogger("dev.fettle.requests");
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private static final Pattern LOOPBACK =
      Pattern.compile("(?:::ffff:)?127\\..*|::1|0:0:0:0:0:0:0:1");

  private final Db db;
  private final boolean metricsRemote;
  private final boolean logRequests;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ConcurrentMap<Row, ConcurrentMap<Integer, Timer>> timers =
      new ConcurrentHashMap<>();
  private final Counter faults;
  private final Endpoints endpoints =
      new Endpoints(
          List.of(
              new Endpoints.Endpoint(
                  "GET",
                  "/health/live",
                  (request, keys) -> status(200, Json.object().put("status", "live"))),
              new Endpoints.Endpoint("GET", "/health/ready", (request, keys) -> ready()),
              new Endpoints.Endpoint("GET", "/metrics", (request, keys) -> metrics(request))));
  private volatile Runnable beforeScrape = () -> {};
  private volatile BackgroundWork work = new BackgroundWork(List::of);

  /**
   * @param metricsRemote whether the metrics answer other machines too
   * @param logRequests whether each request is a line of the log
   */
  Monitoring(Db db, boolean metricsRemote, boolean logRequests) {
    this.db = db;
    this.metricsRemote = metricsRemote;
    this.logRequests = logRequests;
    this.faults =
        Counter.builder("fettle.http.faults")
            .description("Requests that failed although nothing was wrong with them")
            .register(registry);
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    gauge(
        "jvm.heap.used.bytes",
        "Memory of the heap in use",
        () -> memory.getHeapMemoryUsage().getUsed());
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    gauge("jvm.threads", "Platform threads", threads::getThreadCount);
    gauge("fettle.db.connections.lent", "Database connections in use", () -> db.usage().lent());
    gauge(
        "fettle.db.connections.limit",
        "Database connections that may be in use at once",
        () -> db.usage().connections());
    gauge(
        "fettle.db.waiting",
        "Requests that wait for a database connection",
        () -> db.usage().waiting());
    count(
        "fettle.db.refused",
        "Requests answered 503 because no database connection came free in time",
        () -> db.usage().refused());
    count("fettle.db.statements", "Database statements", db::statements);
  }

  /** Registers the metrics of what peers take of the server. */
  void edge(HttpServer server, int mostConnections) {
    gauge("fettle.http.connections", "Open connections", () -> server.usage().connections());
    gauge(
        "fettle.http.connections.limit",
        "Connections that may be open at once",
        () -> mostConnections);
    gauge("fettle.http.requests.open", "Requests under way", () -> server.usage().requests());
    gauge(
        "fettle.http.body.memory.bytes",
        "Bytes of request bodies in memory",
        () -> server.usage().bodyBytes());
    count(
        "fettle.http.connections.refused",
        "Connections closed at once because there were too many",
        () -> server.usage().refused());
    count(
        "fettle.http.overdue",
        "Connections and streams closed for keeping the server waiting",
        () -> server.usage().overdue());
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  private void count(String name, String description, LongSupplier value) {
    // The registry holds the object weakly; this one lives as long as the registry.
    FunctionCounter.builder(name, this, self -> value.getAsLong())
        .description(description)
        .register(registry);
  }

  /** Has this run before the metrics are read, for those that are looked up only then. */
  void beforeScrape(Runnable work) {
    beforeScrape = work;
  }

  /** Adds the state of background work to the metrics and to the readiness. */
  void shows(Supplier<List<WorkRecord>> records) {
    work = new BackgroundWork(records);
  }

  /** The registry, for further metrics. */
  PrometheusMeterRegistry registry() {
    return registry;
  }

  @Override
  public String name() {
    return "health";
  }

  @Override
  public List<Row> rows() {
    return endpoints.rows();
  }

  @Override
  public boolean claims(Request request) {
    return request.rawPath().startsWith("/health/") || request.rawPath().equals("/metrics");
  }

  @Override
  public Match match(Request request) {
    return endpoints.match(request);
  }

  @Override
  public Response refuse(Request request, Reason reason, String requestId) {
    return switch (reason) {
      case Reason.MethodNotAllowed ignored ->
          status(405, "refused", "This can be read only.").with("Allow", "GET");
      case Reason.NotFound ignored -> status(404, "refused", reason.message());
      default -> status(403, "refused", reason.message());
    };
  }

  @Override
  public Response fail(Request request, String requestId) {
    return status(500, "failed", "The server failed to answer; its log has the cause.");
  }

  private Response ready() {
    try {
      db.checkWritable();
      return status(200, ready("ready"));
    } catch (Refusal refusal) {
      return status(503, ready("not ready").put("problem", refusal.reason().message()))
          .with("Retry-After", "1");
    }
  }

  /** A readiness with the state of background work, which does not make a server unready. */
  private ObjectNode ready(String status) {
    return work.in(Json.object().put("status", status));
  }

  private static Response status(int code, String status, String problem) {
    return status(code, Json.object().put("status", status).put("problem", problem));
  }

  private static Response status(int code, ObjectNode document) {
    return Response.of(code, "application/json", Json.bytes(document))
        .with("Cache-Control", "no-store");
  }

  private Response metrics(Request request) {
    if (!metricsRemote && !LOOPBACK.matcher(request.remoteAddress()).matches()) {
      return status(403, "refused", "/metrics answers loopback only, unless metrics.remote=true.");
    }
    work.meter(registry);
    try {
      beforeScrape.run();
    } catch (Refusal refusal) {
      // The database is out of reach, which the other metrics are there to show.
      LOG.warn("event=metrics_incomplete problem=\"{}\"", refusal.getMessage());
    }
    return Response.of(
        200, "text/plain; version=0.0.4; charset=utf-8", registry.scrape().getBytes(UTF_8));
  }

  @Override
  public void answered(Router.Exchanged exchanged) {
    Request request = exchanged.request();
    int status = exchanged.answer().status();
    if (exchanged.door() != this) {
      timer(exchanged, status).record(exchanged.nanos(), TimeUnit.NANOSECONDS);
    }
    if (exchanged.fault()) {
      faults.increment();
    }
    if (logRequests && exchanged.door() != this) {
      LOG.info(
          "event=request door={} method={} path={} status={} micros={} remote={} request-id={}",
          exchanged.door().name(),
          request.method(),
          request.rawPath(),
          status,
          exchanged.nanos() / 1000,
          request.remoteAddress(),
          exchanged.requestId());
    }
  }

  /** The timer of a row, not of a path: paths hold ids, and each would be a series for ever. */
  private Timer timer(Router.Exchanged exchanged, int status) {
    return timers
        .computeIfAbsent(exchanged.row(), row -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            status,
            code ->
                Timer.builder("fettle.http.requests")
                    .description("Requests answered, and how long that took")
                    .tags(
                        "door", exchanged.door().name(),
                        "method", exchanged.row().method(),
                        "route", exchanged.row().path(),
                        "status", Integer.toString(code))
                    .serviceLevelObjectives(BUCKETS)
                    .register(registry));
  }
}
