package dev.fettle.agent.ddi;

import java.io.IOException;

/** An answer of the server that is not the 200 which the protocol counts as success. */
public final class DdiException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  public DdiException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status of the answer. */
  public int status() {
    return status;
  }

  /** Whether the action that was reported on is over or unknown, so that no report can help. */
  public boolean actionIsOver() {
    return status == 404 || status == 410;
  }

  /** Whether the same request may succeed a little later. */
  boolean passing() {
    return status == 409 || status == 429 || status == 408 || status >= 500;
  }
}
