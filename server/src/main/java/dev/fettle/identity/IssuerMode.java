package dev.fettle.identity;

/** For whom the built-in issuer makes tokens. */
public enum IssuerMode {
  /** For whoever asks: a laptop or a test run. */
  DEVELOPMENT,
  /** For the clients that the operator made. */
  OPERATION
}
