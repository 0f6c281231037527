package dev.fettle.graph;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.graph.ErrorAnswers.Correlation;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Door;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.http.ZippedAnswers;
import dev.fettle.identity.Authenticator;
import dev.fettle.identity.Caller;
import dev.fettle.identity.ResourceGrants;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a Graph request: version and path are taken apart, the bearer token becomes a {@link
 * Caller}, the row is found, the row's permissions are checked, then the options and the body, and
 * the row's operation answers. A refusal on the way is answered in Graph's shape; anything else
 * that is thrown is a bug, answered as 500 and logged once with the request id.
 *
 * <p>Safe for concurrent use; each request is handled on its own thread.
 */
public final class Graph implements Door {

  private static final Logger LOG = LoggerFactory.getLogger(Graph.class);

  private static final String DIAGNOSTIC =
      "{\"ServerInfo\":{\"DataCenter\":\"Fettle\",\"Slice\":\"E\",\"Ring\":\"1\",\"ScaleUnit\":\"000\","
          + "\"RoleInstance\":\"fettle\"}}";

  private static final int LONGEST_KEPT_PATH = 500;
  private static final int BATCHES_AT_ONCE = 8;
  private static final Duration BATCH_WAIT = Duration.ofSeconds(10);

  private static final Headers CORS =
      Headers.of(
          "Access-Control-Allow-Origin",
          "*",
          "Access-Control-Expose-Headers",
          "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id,"
              + " ReadWriteConsistencyToken, SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant,"
              + " Retry-After");

  private static final Row PREFLIGHT = new Row("OPTIONS", "/{version}/…");
  private static final Row METADATA = new Row("GET", "/{version}/$metadata");
  private static final Row SERVICE = new Row("GET", "/{version}");
  private static final Row BATCH = new Row("POST", "/{version}/$batch");

  private final List<Row> rows;
  private final RouteIndex index;
  private final Authenticator authenticator;
  private final ResourceGrants grants;
  private final Bodies bodies;
  private final Metadata metadata;
  private final Environment environment;
  private final Semaphore batches = new Semaphore(BATCHES_AT_ONCE, true);

  /** Keeps what a caller was refused to do for want of a permission. */
  @FunctionalInterface
  public interface RefusalLog {
    /**
     * Called once for each refused change, outside any transaction; reads are not told.
     *
     * @param action method and template of the row, such as {@code DELETE /clients/{client-id}}
     * @param target the path as the caller wrote it
     */
    void refused(Caller caller, String action, String target, Reason reason);
  }

  /** The clock, the source of request ids, and who keeps refusals. */
  public record Environment(InstantSource clock, Ids ids, RefusalLog refusals) {}

  /**
   * @param rows every operation of every capability
   */
  public Graph(
      List<Route> rows,
      Authenticator authenticator,
      ResourceGrants grants,
      Bodies bodies,
      Metadata metadata,
      Environment environment) {
    this.index = new RouteIndex(rows, metadata.schemas());
    List<Row> all = new ArrayList<>(List.of(PREFLIGHT, METADATA, SERVICE, BATCH));
    rows.forEach(route -> route.versions().forEach(version -> all.add(route.row(version))));
    this.rows = List.copyOf(all);
    this.authenticator = authenticator;
    this.grants = grants;
    this.bodies = bodies;
    this.metadata = metadata;
    this.environment = environment;
  }

  @Override
  public String name() {
    return "graph";
  }

  @Override
  public List<Row> rows() {
    return rows;
  }

  @Override
  public boolean claims(Request request) {
    return true;
  }

  @Override
  public Match match(Request request) {
    if (request.method().equals("OPTIONS") && request.header("Origin") != null) {
      return new Match(PREFLIGHT, id -> preflight(request));
    }
    VersionedPath path = VersionedPath.of(request);
    if (path.is("/$metadata")) {
      return new Match(METADATA, id -> metadata.answer(request, path.version()));
    }
    if (path.is("")) {
      return new Match(SERVICE, id -> metadata.service(request, path.version()));
    }
    Caller caller = authenticator.authenticate(request.header("Authorization"));
    if (path.is("/$batch")) {
      return new Match(BATCH, id -> batch(request, path.version(), caller, id));
    }
    RouteIndex.Match match =
        index.find(path.version(), request.method(), Request.segments(path.path()));
    return new Match(
        match.route().row(path.version()),
        id -> operate(match, request, path, caller, correlation(request, id)));
  }

  @Override
  public Response refuse(Request request, Reason reason, String requestId) {
    return refused(reason, Route.ErrorShape.GRAPH, request, correlation(request, requestId));
  }

  @Override
  public Response fail(Request request, String requestId) {
    return ErrorAnswers.bug(environment.clock().instant(), correlation(request, requestId));
  }

  @Override
  public Response finish(Request request, Response answer, String requestId) {
    Response full = withIds(answer, correlation(request, requestId));
    return ZippedAnswers.fit(request, request.header("Origin") == null ? full : full.with(CORS));
  }

  private Response batch(Request request, GraphVersion version, Caller caller, String requestId) {
    String clientRequestId = correlation(request, requestId).clientRequestId();
    Batch batch = new Batch(version, parts(version, caller, clientRequestId), environment.ids());
    byte[] body = batch.body(request);
    return inTurn(() -> batch.answer(request, body));
  }

  /**
   * The answer to a batch, once it is its turn: what a batch reads is held in memory, so there are
   * only so many at a time.
   */
  private Response inTurn(Supplier<Response> batch) {
    try {
      if (!batches.tryAcquire(BATCH_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new Refusal(
            new Reason.Unavailable(
                Duration.ofSeconds(1),
                "The server is busy with %d batches. Try again in a moment."
                    .formatted(BATCHES_AT_ONCE)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while a batch was waiting", e);
    }
    try {
      return batch.get();
    } finally {
      batches.release();
    }
  }

  /** The requests of a batch, each as if it had come alone, with the batch's caller. */
  private Batch.Operator parts(GraphVersion version, Caller caller, String clientRequestId) {
    return (part, refused, partId) -> {
      Correlation ids = new Correlation(partId, clientRequestId);
      Supplier<Response> work =
          () -> {
            if (refused != null) {
              throw new Refusal(refused);
            }
            VersionedPath path = new VersionedPath(version, part.rawPath());
            if (path.is("/$batch")) {
              throw Refusal.invalid("url", "A batch cannot hold a batch.");
            }
            if (part.rawPath().startsWith("/http:") || part.rawPath().startsWith("/https:")) {
              throw Refusal.invalid(
                  "url",
                  "The url of a request in a batch is relative to the version, as"
                      + " '/teamwork/devices'.");
            }
            List<String> segments = Request.segments(path.path());
            return operate(index.find(version, part.method(), segments), part, path, caller, ids);
          };
      return withIds(guarded(part, ids, work), ids);
    };
  }

  private Response operate(
      RouteIndex.Match match, Request request, VersionedPath path, Caller caller, Correlation ids) {
    try {
      return carryOut(match, request, path, caller, ids);
    } catch (Refusal refusal) {
      return refused(refusal.reason(), match.route().errors(), request, ids);
    }
  }

  private Response carryOut(
      RouteIndex.Match match, Request request, VersionedPath path, Caller caller, Correlation ids) {
    Route route = match.route();
    Set<String> opening = permitted(route, match.keys(), caller, path);
    Route.Operation operation = route.operation();
    if (operation == null) {
      throw new Refusal(
          new Reason.NotBuilt(
              "%s %s is part of Microsoft Graph and not built in Fettle."
                  .formatted(route.method(), route.template().text())));
    }
    if (!route.method().equals("GET")) {
      Option.requireNone(request.parameters());
    }
    PropertyPath property = match.property();
    String read = property == null ? path.path() : path.beginning(match.segments());
    Call call =
        new Call(
            path.version(),
            caller,
            read,
            match.keys(),
            property == null ? request : property.entity(request, read),
            bodies.read(route.payload(), route.template().text(), path.version(), request),
            opening,
            ids.requestId());
    Response answer =
        route.method().equals("GET")
            ? operation.answer(call)
            : Db.asOne(() -> operation.answer(call));
    return property == null ? answer : property.answer(call, answer);
  }

  /** The permissions that open the row; a refused change is kept before it is answered. */
  private Set<String> permitted(
      Route route, Map<String, String> keys, Caller caller, VersionedPath path) {
    try {
      return opening(route, route.permissions(path.version()), keys, caller);
    } catch (Refusal refusal) {
      if (refusal.reason() instanceof Reason.Forbidden && !route.method().equals("GET")) {
        environment
            .refusals()
            .refused(
                caller,
                route.method() + " " + route.template().text(),
                path.path().substring(0, Math.min(path.path().length(), LONGEST_KEPT_PATH)),
                refusal.reason());
      }
      throw refusal;
    }
  }

  /**
   * The caller's permissions that open the row.
   *
   * @throws Refusal with {@link Reason.Forbidden} and the text of the Teams service if there is
   *     none
   */
  private Set<String> opening(
      Route route, Permissions permissions, Map<String, String> keys, Caller caller) {
    if (permissions.isOpen()) {
      return Set.of();
    }
    Set<String> opening = permissions.opening(caller, Set.of());
    String target = permissions.target();
    String targetKey = permissions.targetKey();
    Set<String> granted = null;
    // The look-up costs a statement, so it is made only where it can open more.
    if (target != null && targetKey != null && permissions.narrow().containsAll(opening)) {
      granted = grants.granted(caller, target, keys.getOrDefault(targetKey, ""));
      opening = permissions.opening(caller, granted);
    }
    if (opening.isEmpty()) {
      List<String> accepted = permissions.accepted(caller.kind());
      throw Refusal.forbidden(
          route.errors() == Route.ErrorShape.INTUNE
              ? IntuneErrors.notAuthorized(accepted)
              : forbidden(caller, accepted, granted));
    }
    return opening;
  }

  /** The words of the Teams service to a caller without any of the permissions that would do. */
  private static String forbidden(
      Caller caller, List<String> accepted, @Nullable Set<String> granted) {
    boolean app = caller.kind() == Caller.Kind.APPLICATION;
    if (accepted.isEmpty()) {
      return app
          ? "This operation is not supported for apps by themselves; call it for a signed-in user."
          : "This operation is not supported for users; call it with an application permission.";
    }
    String text =
        "Missing %s permissions on the request. API requires one of '%s'. %s on the request '%s'."
            .formatted(
                app ? "role" : "scope",
                String.join(", ", accepted),
                app ? "Roles" : "Scopes",
                String.join(", ", caller.permissions().stream().sorted().toList()));
    return granted == null
        ? text
        : text
            + " Resource specific consent grants on the request '%s'."
                .formatted(String.join(", ", granted.stream().sorted().toList()));
  }

  /**
   * The answer to a request within a batch; a fault that it meets stays its own, and the others go
   * on.
   */
  private Response guarded(Request request, Correlation ids, Supplier<Response> work) {
    try {
      return work.get();
    } catch (Refusal refusal) {
      return refused(refusal.reason(), Route.ErrorShape.GRAPH, request, ids);
    } catch (RuntimeException | StackOverflowError fault) {
      LOG.error("request-id={} outcome=fault", ids.requestId(), fault);
      return ErrorAnswers.bug(environment.clock().instant(), ids);
    }
  }

  private Response refused(
      Reason reason, Route.ErrorShape shape, Request request, Correlation ids) {
    Response answer =
        ErrorAnswers.answer(
            reason,
            shape,
            environment.clock().instant(),
            ids,
            request.origin() + request.rawPath());
    return reason instanceof Reason.Unauthenticated
        ? answer.with(ErrorAnswers.challenge(authenticator.authority(request.origin())))
        : answer;
  }

  private static Response withIds(Response answer, Correlation ids) {
    return answer.with(
        Headers.of(
            "request-id",
            ids.requestId(),
            "client-request-id",
            ids.clientRequestId(),
            "x-ms-ags-diagnostic",
            DIAGNOSTIC));
  }

  /** The caller's correlation value if it is fit to be echoed, else the request's own id. */
  private static Correlation correlation(Request request, String requestId) {
    String given = request.header("client-request-id");
    boolean fit =
        given != null
            && !given.isBlank()
            && given.length() <= 128
            && given.chars().allMatch(c -> c > ' ' && c < 127);
    return new Correlation(requestId, fit && given != null ? given : requestId);
  }

  private static Response preflight(Request request) {
    String asked = request.header("Access-Control-Request-Headers");
    return Response.empty(204)
        .with("Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE")
        .with("Access-Control-Allow-Headers", asked == null ? "Authorization, Content-Type" : asked)
        .with("Access-Control-Max-Age", "3600");
  }
}
