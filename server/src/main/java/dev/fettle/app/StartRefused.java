package dev.fettle.app;

/** A start or a command that ends for a reason which a person can mend. */
final class StartRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ExitCode code;

  /** A refusal whose message says what is wrong, why, and what to do. */
  StartRefused(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  /** The ending of the process. */
  ExitCode code() {
    return code;
  }
}
