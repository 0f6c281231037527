package dev.fettle.app;

import dev.fettle.agent.AgentCommand;
import dev.fettle.app.settings.InvalidSettings;
import dev.fettle.base.UnusableFile;
import dev.fettle.db.DatabaseFailure;
import dev.fettle.db.embedded.DirectoryLocked;
import dev.fettle.db.embedded.EmbeddedPostgresFailure;
import dev.fettle.simulator.apple.AppleStandInCommand;
import dev.fettle.simulator.devices.DevicesCommand;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The program: its commands, and the endings of those that fail. */
@Command(
    name = "fettle",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    description =
        "Answers Microsoft Graph for keeping devices and apps up to date, with the real thing"
            + " behind the API. One command, offline, no account, no telemetry.",
    footer = {
      "",
      "Exit codes: 0 fine, 1 a fault of Fettle, 2 options or settings, 3 a port is taken,",
      "4 the data directory cannot be used, 5 the database cannot be used.",
      "",
      "An independent project, not affiliated with Microsoft or Apple."
    })
public final class Main implements Runnable {
  /** The commands, in the order in which the help lists them. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("dev", DevCommand.class);
    COMMANDS.put("serve", ServeCommand.class);
    COMMANDS.put("token", TokenCommand.class);
    COMMANDS.put("client", ClientCommand.class);
    COMMANDS.put("trust", TrustCommand.class);
    COMMANDS.put("keys", KeysCommand.class);
    COMMANDS.put("settings", SettingsCommand.class);
    COMMANDS.put("doctor", DoctorCommand.class);
    COMMANDS.put("version", VersionCommand.class);
    COMMANDS.put("devices", DevicesCommand.class);
    COMMANDS.put("agent", AgentCommand.class);
    COMMANDS.put("apple-stand-in", AppleStandInCommand.class);
  }

  @Spec private CommandSpec spec;

  Main() {
    spec = CommandSpec.create();
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    CommandLine program = commandLine(arguments);
    PrintWriter out = program.getOut();
    int code = program.execute(arguments);
    out.flush();
    System.exit(code);
  }

  /**
   * The commands that these arguments can reach, ready to run: the one that they begin with, or
   * all. To read the annotations of a command that is not called takes longer than many a command
   * itself.
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine program = new CommandLine(new Main());
    boolean known = arguments.length > 0 && COMMANDS.containsKey(arguments[0]);
    COMMANDS.forEach(
        (name, type) -> {
          if (!known || name.equals(arguments[0])) {
            program.addSubcommand(name, new CommandLine(type));
          }
        });
    if (!known) {
      program.addSubcommand(new HelpCommand());
    }
    return program.setExecutionExceptionHandler(Main::explain).setUsageHelpAutoWidth(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say a command, such as: fettle dev");
  }

  private static int explain(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    ExitCode code =
        switch (e) {
          case StartRefused refused -> refused.code();
          case InvalidSettings _, TlsFailure _ -> ExitCode.SETTINGS;
          case UnusableFile _, DirectoryLocked _ -> ExitCode.DIRECTORY;
          case EmbeddedPostgresFailure _, DatabaseFailure _ -> ExitCode.DATABASE;
          default -> ExitCode.FAULT;
        };
    if (code == ExitCode.FAULT) {
      err.println("Fettle failed, and this is a fault of Fettle:");
      e.printStackTrace(err);
    } else {
      err.println(e.getMessage());
    }
    err.flush();
    return code.number();
  }
}
