package dev.fettle.agent;

import java.util.List;

/** A configuration that cannot be used, with all its problems. */
final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  SettingsException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
