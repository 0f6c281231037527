package dev.fettle.agent;

/** Where the agent tells people what it does; never with a token in it. */
@FunctionalInterface
interface AgentLog {
  void line(String text);
}
