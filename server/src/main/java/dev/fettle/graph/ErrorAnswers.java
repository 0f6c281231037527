package dev.fettle.graph;

import dev.fettle.base.Reason;
import dev.fettle.base.Texts;
import dev.fettle.http.Headers;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Refusals in the wire form of Graph's error resource. Holds the one switch from a reason to
 * status, code and message (public document: "Microsoft Graph error responses and resource types").
 */
public final class ErrorAnswers {

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

  /** Ours and the caller's identifier of a request, both in the answer. */
  public record Correlation(String requestId, String clientRequestId) {}

  private record Shape(int status, String code, Headers headers) {}

  private ErrorAnswers() {}

  /**
   * What the answer to a request without a good access token asks for.
   *
   * @param authority who gives tokens for this server; MSAL's libraries begin there
   */
  static Headers challenge(String authority) {
    return Headers.of(
        "WWW-Authenticate",
        "Bearer realm=\"\", authorization_uri=\"%s\", client_id=\"00000003-0000-0000-c000-000000000000\""
            .formatted(authority));
  }

  /**
   * The answer to a refused request.
   *
   * @param url the absolute address that was called, without its query
   */
  public static Response answer(
      Reason reason, Route.ErrorShape errorShape, Instant now, Correlation ids, String url) {
    Shape shape = shape(reason);
    ObjectNode error = Json.object();
    switch (errorShape) {
      case GRAPH ->
          error.put("code", shape.code()).put("message", Texts.wellFormed(reason.message()));
      case INTUNE ->
          error
              .put("code", IntuneErrors.code(reason))
              .put(
                  "message",
                  IntuneErrors.message(
                      Texts.wellFormed(reason.message()),
                      ids.requestId(),
                      url,
                      retryAfter(reason)));
    }
    if (reason
        instanceof
        Reason.Invalid(var ignored, var text, String target, List<Reason.Detail> details)) {
      if (target != null) {
        error.put("target", Texts.wellFormed(target));
      }
      details(error, details);
    }
    ObjectNode inner = Json.object();
    if (reason instanceof Reason.Nested nested) {
      inner.put("code", nested.code());
      inner.put("message", Texts.wellFormed(nested.innerMessage()));
      details(inner, nested.details());
    }
    error.set("innerError", inner.setAll(inner(now, ids)));
    ObjectNode document = Json.object().set("error", error);
    return Response.of(shape.status(), "application/json", Json.bytes(document))
        .with("Cache-Control", "no-cache")
        .with(shape.headers());
  }

  /** The answer to a request that hit a bug; the log has the rest under the request id. */
  static Response bug(Instant now, Correlation ids) {
    ObjectNode error = Json.object();
    error.put("code", "InternalServerError");
    error.put(
        "message",
        "The server failed to answer. This is a fault of Fettle; its log has the cause under"
            + " request-id "
            + ids.requestId()
            + ".");
    error.set("innerError", inner(now, ids));
    return Response.of(500, "application/json", Json.bytes(Json.object().set("error", error)));
  }

  private static ObjectNode inner(Instant now, Correlation ids) {
    return Json.object()
        .put("date", SECONDS.format(now))
        .put("request-id", ids.requestId())
        .put("client-request-id", ids.clientRequestId());
  }

  private static void details(ObjectNode error, List<Reason.Detail> details) {
    if (details.isEmpty()) {
      return;
    }
    ArrayNode list = error.putArray("details");
    for (Reason.Detail detail : details) {
      ObjectNode one =
          list.addObject()
              .put("code", detail.code())
              .put("message", Texts.wellFormed(detail.message()));
      @Nullable String target = detail.target();
      if (target != null) {
        one.put("target", Texts.wellFormed(target));
      }
    }
  }

  private static Shape shape(Reason reason) {
    return switch (reason) {
      case Reason.Nested nested -> shape(nested.outer());
      case Reason.Invalid invalid -> new Shape(400, invalid.code(), Headers.none());
      case Reason.Unauthenticated unauthenticated ->
          new Shape(401, unauthenticated.code(), Headers.none());
      case Reason.Forbidden forbidden -> new Shape(403, forbidden.code(), Headers.none());
      case Reason.NotFound notFound -> new Shape(404, notFound.code(), Headers.none());
      case Reason.MethodNotAllowed notAllowed ->
          new Shape(
              405,
              "Request_BadRequest",
              Headers.of(
                  "Allow", String.join(", ", notAllowed.allowed().stream().sorted().toList())));
      case Reason.NotAcceptable ignored -> new Shape(406, "invalidAcceptType", Headers.none());
      case Reason.Conflict conflict -> new Shape(409, conflict.code(), Headers.none());
      case Reason.Gone ignored -> new Shape(410, "Gone", Headers.none());
      // The Teams service names its codes after the status (contract, Teams apps section 10).
      case Reason.PreconditionFailed ignored ->
          new Shape(412, "PreconditionFailed", Headers.none());
      case Reason.TooLarge ignored -> new Shape(413, "RequestEntityTooLarge", Headers.none());
      // The front end of Graph answers a wrong media type with 400 (contract, protocol section 2).
      case Reason.UnsupportedMediaType ignored -> new Shape(400, "BadRequest", Headers.none());
      case Reason.RangeNotSatisfiable range ->
          new Shape(416, "invalidRange", Headers.of("Content-Range", "bytes */" + range.length()));
      case Reason.FailedDependency ignored -> new Shape(424, "FailedDependency", Headers.none());
      case Reason.TooManyRequests throttled ->
          new Shape(
              429, "TooManyRequests", Headers.of("Retry-After", seconds(throttled.retryAfter())));
      case Reason.CompletionUnknown ignored -> new Shape(500, "generalException", Headers.none());
      case Reason.NotBuilt ignored -> new Shape(501, "notSupported", Headers.none());
      case Reason.Unavailable unavailable ->
          new Shape(
              503,
              "serviceNotAvailable",
              Headers.of("Retry-After", seconds(unavailable.retryAfter())));
      case Reason.InsufficientStorage ignored ->
          new Shape(507, "quotaLimitReached", Headers.none());
    };
  }

  private static @Nullable Duration retryAfter(Reason reason) {
    return switch (reason) {
      case Reason.TooManyRequests throttled -> throttled.retryAfter();
      case Reason.Unavailable unavailable -> unavailable.retryAfter();
      default -> null;
    };
  }

  /** Whole seconds, at least one: a client that retries at once helps nobody. */
  private static String seconds(Duration wait) {
    return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
  }
}
