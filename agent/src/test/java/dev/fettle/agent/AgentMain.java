package dev.fettle.agent;

import picocli.CommandLine;

/** Runs the agent's command as a program of its own, which a test can kill. */
final class AgentMain {
  private AgentMain() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new AgentCommand()).execute(arguments));
  }
}
