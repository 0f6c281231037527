package dev.fettle.app.settings;

/** The two ways to run one program. */
public enum Mode {
  /** A laptop or a test: everything is inside, and time, faults and tokens can be driven. */
  DEV,
  /** An operator's server: real tokens, real devices, nothing that only development needs. */
  SERVE
}
