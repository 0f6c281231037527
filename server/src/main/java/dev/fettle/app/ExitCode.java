package dev.fettle.app;

/** Endings of the process; docs/operations.md lists them. */
enum ExitCode {
  /** All went well. */
  FINE,
  /** A fault of Fettle, or a command whose work could not be done. */
  FAULT,
  /** A setting or an option is wrong. */
  SETTINGS,
  /** A port is taken or may not be opened. */
  PORT,
  /** The data directory is in use or cannot be used. */
  DIRECTORY,
  /** The database cannot be reached, started or brought up to date. */
  DATABASE;

  /** The number that the operating system is given. */
  int number() {
    return ordinal();
  }
}
