package dev.fettle.base;

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

  /** Why the request was refused. */
  public Reason reason() {
    return reason;
  }
}
