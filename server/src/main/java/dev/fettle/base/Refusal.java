package dev.fettle.base;

import org.jspecify.annotations.Nullable;

/**
 * An expected refusal: the request was understood and is not carried out, for a reason that a
 * person can act on. Thrown by rules, facades and readers; the transaction under way rolls back. It
 * carries no stack trace, since it is an answer and not a fault.
 */
public class Refusal extends RuntimeException {

  private final transient Reason reason;

  public Refusal(Reason reason) {
    super(reason.message(), null, false, false);
    this.reason = reason;
  }

  /** A 400 with the usual code {@code BadRequest}. */
  public static Refusal invalid(@Nullable String target, String message) {
    return new Refusal(Reason.invalid(target, message));
  }

  /** A 404 with the code that the Teams service uses. */
  public static Refusal notFound(String message) {
    return new Refusal(Reason.notFound(message));
  }

  /** A 409 with the usual code {@code Conflict}. */
  public static Refusal conflict(String message) {
    return new Refusal(Reason.conflict(message));
  }

  /** A 403 with the code that the Teams service uses. */
  public static Refusal forbidden(String message) {
    return new Refusal(Reason.forbidden(message));
  }

  /** The status, code and message of the answer. */
  public Reason reason() {
    return reason;
  }
}
