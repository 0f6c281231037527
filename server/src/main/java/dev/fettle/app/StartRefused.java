package dev.fettle.app;

/** The program cannot start, for a reason that a person can mend. */
final class StartRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** How the process ends, by what is in the way; docs/operations.md lists them. */
  enum Because {
    /** A setting or an option is wrong. */
    SETTINGS(2),
    /** A port is taken or may not be opened. */
    PORT(3),
    /** The data directory is in use or cannot be used. */
    DIRECTORY(4),
    /** The database cannot be reached, started or brought up to date. */
    DATABASE(5);

    private final int exitCode;

    Because(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The process's exit code. */
    int exitCode() {
      return exitCode;
    }
  }

  private final Because because;

  /** A refusal with what, why and what to do. */
  StartRefused(Because because, String message) {
    super(message);
    this.because = because;
  }

  /** What is in the way. */
  Because because() {
    return because;
  }
}
