package dev.fettle.ddi;

import dev.fettle.base.Reason;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/** Refusals as answers. The bodies are for people: no agent reads them. */
final class DdiErrors {
  private DdiErrors() {}

  static Response answer(Reason reason) {
    return switch (reason) {
      case Reason.Nested nested -> answer(nested.outer());
      case Reason.Invalid r -> error(400, "bodyNotReadable", r);
      // No body and no WWW-Authenticate: nothing that tells what was wrong.
      case Reason.Unauthenticated _ -> Response.empty(401);
      case Reason.Forbidden r -> error(403, "forbidden", r);
      case Reason.NotFound r -> error(404, "entityNotFound", r);
      case Reason.MethodNotAllowed r -> {
        Response answer = error(405, "methodNotAllowed", r);
        yield r.allowed().isEmpty()
            ? answer
            : answer.with("Allow", String.join(", ", r.allowed().stream().sorted().toList()));
      }
      case Reason.NotAcceptable r -> error(406, "notAcceptable", r);
      case Reason.Conflict r -> error(409, "conflict", r);
      case Reason.Gone r -> error(410, "actionOver", r);
      case Reason.PreconditionFailed r -> error(412, "preconditionFailed", r);
      case Reason.TooLarge r -> error(413, "tooLarge", r);
      case Reason.UnsupportedMediaType r -> error(415, "unsupportedMediaType", r);
      case Reason.RangeNotSatisfiable r ->
          error(416, "rangeNotSatisfiable", r).with("Content-Range", "bytes */" + r.length());
      case Reason.FailedDependency r -> error(424, "failedDependency", r);
      case Reason.TooManyRequests r ->
          error(429, "tooManyRequests", r).with("Retry-After", seconds(r.retryAfter()));
      // What an agent says may be said twice.
      case Reason.CompletionUnknown r ->
          error(503, "completionUnknown", r).with("Retry-After", "1");
      case Reason.NotBuilt r -> error(501, "notBuilt", r);
      case Reason.Unavailable r ->
          error(503, "unavailable", r).with("Retry-After", seconds(r.retryAfter()));
      case Reason.InsufficientStorage r -> error(507, "insufficientStorage", r);
    };
  }

  static Response fault(String requestId) {
    return error(
        500, "fault", "This is a fault of the server; its log has the cause under " + requestId);
  }

  private static Response error(int status, String code, Reason reason) {
    return error(status, code, reason.message());
  }

  private static Response error(int status, String code, String message) {
    ObjectNode body = Json.object();
    body.put("errorCode", "fettle.ddi." + code);
    body.put("message", message);
    return Response.of(status, "application/json", Json.bytes(body));
  }

  private static String seconds(Duration time) {
    return Long.toString(Math.max(1, time.toSeconds()));
  }
}
