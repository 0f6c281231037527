package dev.fettle.simulator.apple.api;

import org.jspecify.annotations.Nullable;

/**
 * What goes back.
 *
 * @param errorNumber Apple's number if this is an error, for the log
 */
public record Answer(
    int status,
    String contentType,
    String body,
    @Nullable String retryAfter,
    @Nullable Integer errorNumber) {

  /** The content type of every answer of the API. */
  public static final String JSON = "application/json;charset=UTF-8";

  static Answer json(String body) {
    return new Answer(200, JSON, body, null, null);
  }
}
