package dev.fettle.updates;

import java.time.Duration;

/**
 * The settings of updates.
 *
 * @param operationDeadline how long an operation may take from request to end
 * @param operationRetention how long ended operations are kept
 * @param diagnosticsRetention how long uploaded diagnostics are kept
 * @param artifactLimit the largest file of a release, in bytes
 * @param diagnosticsLimit the largest upload of diagnostics, in bytes
 * @param spelling how the states of operations are spelt
 */
public record UpdateSettings(
    Duration operationDeadline,
    Duration operationRetention,
    Duration diagnosticsRetention,
    long artifactLimit,
    long diagnosticsLimit,
    StatusSpelling spelling) {

  /** The two documented spellings of an operation's states. */
  public enum StatusSpelling {
    /** As the pages of the actions say: {@code succeeded}. */
    ACTION_PAGES("action-page"),
    /** As the page of the resource says: {@code successful}. */
    RESOURCE_PAGE("resource-page");

    private final String word;

    StatusSpelling(String word) {
      this.word = word;
    }

    /** The name in settings and in requests. */
    String word() {
      return word;
    }
  }

  /** The defaults. */
  public static UpdateSettings standard() {
    return new UpdateSettings(
        Duration.ofHours(24),
        Duration.ofDays(90),
        Duration.ofDays(30),
        4L << 30,
        256L << 20,
        StatusSpelling.ACTION_PAGES);
  }

  /** The same with this deadline and this spelling. */
  public UpdateSettings with(Duration deadline, StatusSpelling otherSpelling) {
    return new UpdateSettings(
        deadline,
        operationRetention,
        diagnosticsRetention,
        artifactLimit,
        diagnosticsLimit,
        otherSpelling);
  }
}
