package dev.fettle.simulator.devices;

import picocli.CommandLine.Command;

/** The command {@code devices}, the family of commands on pretend devices. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "Pretend devices.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = SimulateCommand.class)
public final class DevicesCommand {
  /** Made by picocli. */
  public DevicesCommand() {}
}
