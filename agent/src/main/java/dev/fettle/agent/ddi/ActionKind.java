package dev.fettle.agent.ddi;

/** The kinds of work that are reported on, each with its own address. */
public enum ActionKind {
  DEPLOYMENT("deploymentBase"),
  CANCEL("cancelAction"),
  RESTART("restart"),
  DIAGNOSTICS("diagnostics");

  private final String segment;

  ActionKind(String segment) {
    this.segment = segment;
  }

  String segment() {
    return segment;
  }
}
