package dev.fettle.agent;

import dev.fettle.agent.ddi.DdiClient;
import dev.fettle.agent.ddi.DdiHttp;
import dev.fettle.agent.ddi.Pause;
import dev.fettle.agent.ddi.Retry;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code agent}: keeps this machine's software up to date from an update server. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description =
        "A small device agent: polls the server, downloads, verifies, runs the installer that is"
            + " configured for the software type, and reports.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it was told to end, or --once went well",
      "1:--once met trouble, which its last line names",
      "2:it cannot start as it is configured"
    },
    footer = {
      "",
      "The configuration file, one 'key = value' a line:",
      "",
      "  server = https://updates.example.com",
      "  tenant = DEFAULT",
      "  id = panel-17",
      "  token-file = token",
      "  state = /var/lib/fettle-agent",
      "  attribute.manufacturer = yealink",
      "  attribute.model = vc210",
      "  attribute.deviceType = collaborationBar",
      "  version.teamsClient = 1.0.96.21",
      "  install.teamsClient = dpkg -i",
      "  installer.limit-seconds = 21600",
      "  restart = systemctl reboot",
      "  diagnostics = journalctl -n 5000",
      "  report-file = report.json",
      "",
      "Instead of token-file: token, gateway-token, gateway-token-file.",
      "For a certificate of an own authority: ca-file.",
      "The installer gets the file as its last argument; docs/devices.md tells more."
    })
public final class AgentCommand implements Callable<Integer> {
  private static final int TROUBLE = 1;
  private static final int CANNOT_START = 2;

  @Option(names = "--config", paramLabel = "FILE", description = "the configuration file")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "a setting that overrides the file's; may be given several times")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(names = "--once", description = "do one poll with everything that follows, then end")
  private boolean once;

  @Spec private @Nullable CommandSpec spec;

  /** Made by picocli, which fills in the options. */
  public AgentCommand() {}

  @Override
  public Integer call() {
    InstantSource clock = InstantSource.system();
    AgentLog log = line -> say(clock.instant().truncatedTo(ChronoUnit.SECONDS) + " " + line);
    try {
      return work(AgentSettings.read(config, overrides), clock, log);
    } catch (SettingsException e) {
      return refuse("The agent's configuration cannot be used:\n" + e.getMessage());
    } catch (NoSuchFileException e) {
      return refuse("There is no file " + e.getFile());
    } catch (AccessDeniedException e) {
      return refuse("The agent cannot work: it has no right to use " + e.getFile());
    } catch (IOException e) {
      return refuse("The agent cannot work: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private int work(AgentSettings settings, InstantSource clock, AgentLog log)
      throws IOException, InterruptedException {
    RandomGenerator random = RandomGenerator.getDefault();
    try (StateFile state = new StateFile(settings.stateFolder());
        DdiHttp http =
            new DdiHttp(
                settings.caFile(), Retry.standard(), random, Pause.SLEEP, Duration.ofSeconds(60))) {
      Agent agent =
          new Agent(
              settings,
              new DdiClient(http, settings.address(), settings.credential()),
              state,
              clock,
              random,
              Pause.SLEEP,
              log);
      log.line(
          "agent "
              + settings.address().controllerId()
              + " of "
              + settings.address().tenant()
              + " at "
              + settings.address().server());
      if (once) {
        agent.step();
        return agent.isInTrouble() ? TROUBLE : 0;
      }
      agent.run();
      return 0;
    }
  }

  private void say(String text) {
    if (spec != null) {
      spec.commandLine().getOut().println(text);
      spec.commandLine().getOut().flush();
    }
  }

  private int refuse(String text) {
    if (spec != null) {
      spec.commandLine().getErr().println(text);
      spec.commandLine().getErr().flush();
    }
    return CANNOT_START;
  }
}
