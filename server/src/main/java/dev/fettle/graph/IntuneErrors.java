package dev.fettle.graph;

import dev.fettle.base.Reason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The words of Intune's errors. Graph's front door answers in plain Graph; what Intune itself
 * refuses carries a JSON document as text in {@code message}, two spaces deep, with CRLF. Its
 * {@code Url} is the address on this server, where the real service prints an internal one.
 */
final class IntuneErrors {

  /** The operation id that the real service prints nearly always. */
  private static final String NO_OPERATION = "00000000-0000-0000-0000-000000000000";

  /** The real service's internal revision has this form; ours names the day of the contract. */
  private static final String API_VERSION = "5026-01-01";

  private IntuneErrors() {}

  /** The outer code for a reason: Intune has names of its own for some. */
  static String code(Reason reason) {
    return switch (reason) {
      case Reason.Nested nested -> code(nested.outer());
      case Reason.Invalid(String code, var message, var target, var details) -> code;
      case Reason.Unauthenticated(String code, var message) -> code;
      case Reason.Forbidden ignored -> "Forbidden";
      case Reason.NotFound ignored -> "ResourceNotFound";
      case Reason.MethodNotAllowed ignored -> "BadRequest";
      case Reason.NotAcceptable ignored -> "NotAcceptable";
      case Reason.Conflict(String code, var message) -> code;
      case Reason.Gone ignored -> "Gone";
      case Reason.PreconditionFailed ignored -> "PreconditionFailed";
      case Reason.TooLarge ignored -> "RequestEntityTooLarge";
      case Reason.UnsupportedMediaType ignored -> "UnsupportedMediaType";
      case Reason.RangeNotSatisfiable ignored -> "RequestedRangeNotSatisfiable";
      case Reason.FailedDependency ignored -> "FailedDependency";
      case Reason.TooManyRequests ignored -> "TooManyRequests";
      case Reason.CompletionUnknown ignored -> "InternalServerError";
      case Reason.NotBuilt ignored -> "NotImplemented";
      case Reason.Unavailable ignored -> "ServiceUnavailable";
      case Reason.InsufficientStorage ignored -> "InsufficientStorage";
    };
  }

  /** What Intune says to a caller without any of the permissions that would do. */
  static String notAuthorized(List<String> accepted) {
    return "Application is not authorized to perform this operation. Application must have one of"
        + " the following scopes: "
        + String.join(", ", accepted);
  }

  /**
   * The document that stands as text in {@code message}.
   *
   * @param words what was wrong, for a person
   * @param requestId the answer's request id, which the document calls activity
   * @param url the absolute address that was called, without its query
   * @param retryAfter when to try again, if that is known
   */
  static String message(String words, String requestId, String url, @Nullable Duration retryAfter) {
    String text =
        words
            + " - Operation ID (for customer support): "
            + NO_OPERATION
            + " - Activity ID: "
            + requestId
            + " - Url: "
            + url
            + "?api-version="
            + API_VERSION;
    return String.join(
        "\r\n",
        "{",
        "  \"_version\": 3,",
        "  \"Message\": " + JsonNodeFactory.instance.stringNode(text) + ",",
        "  \"CustomApiErrorPhrase\": \"\",",
        "  \"RetryAfter\": " + (retryAfter == null ? "null" : retryAfter.toSeconds()) + ",",
        "  \"ErrorSourceService\": \"\",",
        "  \"HttpHeaders\": \"{}\"",
        "}");
  }
}
