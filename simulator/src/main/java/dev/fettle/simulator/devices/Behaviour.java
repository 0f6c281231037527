package dev.fettle.simulator.devices;

import java.util.Locale;

/** What a pretend device does with an update. */
public enum Behaviour {
  /** Downloads, installs within seconds, reports the new version. */
  NORMAL,
  /** As normal, ten times slower. */
  SLOW,
  /** Downloads, and then its installer fails. */
  FAILS,
  /** Fetches the work and is never heard of again. */
  SILENT,
  /** Says that it installed the update, and goes on reporting the old version. */
  WRONG_VERSION,
  /** Refuses updates, and refuses to cancel them. */
  REJECTS,
  /** Begins, then asks the server to cancel. */
  CANCELS;

  /** The word used on the command line, as {@code wrong-version}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
