package dev.fettle.graph;

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

  /** The words to a caller without any of the permissions that would do. */
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
        "%s - Operation ID (for customer support): %s - Activity ID: %s - Url: %s?api-version=%s"
            .formatted(words, NO_OPERATION, requestId, url, API_VERSION);
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
