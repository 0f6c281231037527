package dev.fettle.app.settings;

import java.util.Locale;

/** The two ways to run one program. */
public enum Mode {
  /** A laptop or a test: everything is inside, and time, faults and tokens can be driven. */
  DEV,
  /** An operator's server: real tokens, real devices, nothing that only development needs. */
  SERVE;

  /** The command that runs in this mode. */
  public String command() {
    return name().toLowerCase(Locale.ROOT);
  }
}
