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

  /**
   * A status with its code.
   *
   * @param intune the code where Intune has a name of its own
   */
  private record Status(int status, String code, String intune) {
    Status(int status, String code) {
      this(status, code, code);
    }
  }

  private ErrorAnswers() {}

  /**
   * The header fields of the answer to a request without a good access token.
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
    Status status = status(reason);
    ObjectNode error = Json.object();
    switch (errorShape) {
      case GRAPH ->
          error.put("code", status.code()).put("message", Texts.wellFormed(reason.message()));
      case INTUNE ->
          error
              .put("code", status.intune())
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
    return Response.of(status.status(), "application/json", Json.bytes(document))
        .with("Cache-Control", "no-cache")
        .with(headers(reason));
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

  private static Status status(Reason reason) {
    return switch (reason) {
      case Reason.Nested nested -> status(nested.outer());
      case Reason.Invalid invalid -> new Status(400, invalid.code());
      case Reason.Unauthenticated unauthenticated -> new Status(401, unauthenticated.code());
      case Reason.Forbidden forbidden -> new Status(403, forbidden.code(), "Forbidden");
      case Reason.NotFound notFound -> new Status(404, notFound.code(), "ResourceNotFound");
      case Reason.MethodNotAllowed ignored -> new Status(405, "Request_BadRequest", "BadRequest");
      case Reason.NotAcceptable ignored -> new Status(406, "invalidAcceptType", "NotAcceptable");
      case Reason.Conflict conflict -> new Status(409, conflict.code());
      case Reason.Gone ignored -> new Status(410, "Gone");
      // The Teams service names its codes after the status (contract, Teams apps section 10).
      case Reason.PreconditionFailed ignored -> new Status(412, "PreconditionFailed");
      case Reason.TooLarge ignored -> new Status(413, "RequestEntityTooLarge");
      // The front end of Graph answers a wrong media type with 400 (contract, protocol section 2).
      case Reason.UnsupportedMediaType ignored ->
          new Status(400, "BadRequest", "UnsupportedMediaType");
      case Reason.RangeNotSatisfiable ignored ->
          new Status(416, "invalidRange", "RequestedRangeNotSatisfiable");
      case Reason.FailedDependency ignored -> new Status(424, "FailedDependency");
      case Reason.TooManyRequests ignored -> new Status(429, "TooManyRequests");
      case Reason.CompletionUnknown ignored ->
          new Status(500, "generalException", "InternalServerError");
      case Reason.NotBuilt ignored -> new Status(501, "notSupported", "NotImplemented");
      case Reason.Unavailable ignored ->
          new Status(503, "serviceNotAvailable", "ServiceUnavailable");
      case Reason.InsufficientStorage ignored ->
          new Status(507, "quotaLimitReached", "InsufficientStorage");
    };
  }

  /** The header fields that say more than the status. */
  private static Headers headers(Reason reason) {
    Duration wait = retryAfter(reason);
    if (wait != null) {
      return Headers.of("Retry-After", seconds(wait));
    }
    return switch (reason) {
      case Reason.Nested nested -> headers(nested.outer());
      case Reason.MethodNotAllowed(var allowed, var message) ->
          Headers.of("Allow", String.join(", ", allowed.stream().sorted().toList()));
      case Reason.RangeNotSatisfiable(long length, var message) ->
          Headers.of("Content-Range", "bytes */" + length);
      default -> Headers.none();
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
