package dev.fettle.app;

/** Endings of the process; docs/operations.md lists them. */
enum ExitCode {
  /** All went well. */
  FINE(0),
  /** A fault of Fettle, or a command whose work could not be done. */
  FAULT(1),
  /** A setting or an option is wrong. */
  SETTINGS(2),
  /** A port is taken or may not be opened. */
  PORT(3),
  /** The data directory is in use or cannot be used. */
  DIRECTORY(4),
  /** The database cannot be reached, started or brought up to date. */
  DATABASE(5);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** The number that the operating system is given. */
  int number() {
    return number;
  }
}
