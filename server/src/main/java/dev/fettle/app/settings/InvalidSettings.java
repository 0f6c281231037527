package dev.fettle.app.settings;

import java.util.List;

/** Settings that cannot be used, with every problem in one message for people. */
public final class InvalidSettings extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  InvalidSettings(List<String> problems) {
    super(
        "The settings are not usable:\n  - "
            + String.join("\n  - ", problems)
            + "\nEvery setting is described in docs/operations.md and by: fettle help settings");
    this.problems = List.copyOf(problems);
  }

  /** The problems, one a line. */
  public List<String> problems() {
    return problems;
  }
}
