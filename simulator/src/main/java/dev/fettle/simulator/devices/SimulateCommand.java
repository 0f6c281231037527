package dev.fettle.simulator.devices;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code devices simulate}: a fleet of pretend devices against any server. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    header = "Brings pretend devices to life.",
    description =
        "They register themselves with the gateway token, poll, download, verify, 'install' and"
            + " report over the real device protocol.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every device was online once",
      "1:some never were",
      "2:the fleet cannot be made as it is asked for"
    })
public final class SimulateCommand implements Callable<Integer> {
  private static final int WRONG_USE = 2;

  @Option(names = "--count", paramLabel = "N", required = true, description = "how many devices")
  private int count;

  @Option(
      names = "--url",
      paramLabel = "U",
      defaultValue = "http://localhost:8080",
      description = "the server (default: ${DEFAULT-VALUE})")
  private URI url = URI.create("http://localhost:8080");

  @Option(
      names = "--tenant",
      paramLabel = "T",
      defaultValue = "DEFAULT",
      description = "the tenant's name in the device protocol (default: ${DEFAULT-VALUE})")
  private String tenant = "DEFAULT";

  @Option(
      names = "--gateway-token",
      paramLabel = "TOKEN",
      description = "the token that lets devices register themselves")
  private @Nullable String gatewayToken;

  @Option(
      names = "--behaviour",
      paramLabel = "MIX",
      defaultValue = "normal=100%",
      description =
          "shares of normal, slow, fails, silent, wrong-version, rejects, cancels, as"
              + " normal=90%%,slow=5%%,fails=5%% (default: all normal)")
  private String behaviour = "normal=100%";

  @Option(
      names = "--install-seconds",
      paramLabel = "FROM-TO",
      defaultValue = "3-8",
      description = "how long an installation takes (default: ${DEFAULT-VALUE})")
  private String installSeconds = "3-8";

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "end after so many seconds (default: run until stopped)")
  private @Nullable Integer seconds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "the seed of chance (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "certificates (PEM) to trust for https")
  private @Nullable Path caFile;

  @Spec private @Nullable CommandSpec spec;

  /** Made by picocli, which fills in the options. */
  public SimulateCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (spec == null) {
      throw new IllegalStateException("this command is run by picocli");
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    FleetSettings settings;
    try {
      settings = settings();
    } catch (IllegalArgumentException e) {
      err.println("The fleet cannot be made: " + e.getMessage());
      return WRONG_USE;
    }
    try (DeviceFleet fleet = DeviceFleet.start(settings)) {
      return watch(fleet, out);
    } catch (NoSuchFileException e) {
      err.println("The fleet cannot be made: there is no file " + e.getFile());
      return WRONG_USE;
    } catch (IOException e) {
      err.println("The fleet cannot be made: " + e.getMessage());
      return WRONG_USE;
    }
  }

  private FleetSettings settings() {
    if (!installSeconds.matches("[0-9]{1,5}-[0-9]{1,5}")) {
      throw new IllegalArgumentException("--install-seconds is of the form 3-8");
    }
    if (seconds != null && seconds < 1) {
      throw new IllegalArgumentException("--seconds is at least 1");
    }
    String[] bounds = installSeconds.split("-", -1);
    return new FleetSettings(
        url,
        tenant,
        gatewayToken,
        List.of(),
        count,
        BehaviourMix.parse(behaviour),
        Duration.ofSeconds(Long.parseLong(bounds[0])),
        Duration.ofSeconds(Long.parseLong(bounds[1])),
        seed,
        caFile);
  }

  private int watch(DeviceFleet fleet, PrintWriter out) throws InterruptedException {
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    Thread hook =
        new Thread(
            () -> {
              out.println();
              summary(fleet, out);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    long end = seconds == null ? Long.MAX_VALUE : System.nanoTime() + seconds * 1_000_000_000L;
    String last = "";
    out.println(fleet.size() + " devices are going to poll " + url + " as tenant " + tenant);
    while (System.nanoTime() < end) {
      long step = (terminal ? 1 : 5) * 1_000_000_000L;
      TimeUnit.NANOSECONDS.sleep(Math.max(0, Math.min(end - System.nanoTime(), step)));
      String line = fleet.counts().line();
      if (terminal) {
        out.print("\r\033[K" + line);
      } else if (!line.equals(last)) {
        out.println(line);
      }
      last = line;
      out.flush();
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    out.println();
    summary(fleet, out);
    return fleet.counts().online() == fleet.size() ? 0 : 1;
  }

  private static void summary(DeviceFleet fleet, PrintWriter out) {
    FleetCounts counts = fleet.counts();
    out.println("Summary of " + fleet.size() + " devices");
    out.println("  online       " + counts.online());
    out.println("  polls        " + counts.polls());
    out.println("  updates      " + counts.started());
    out.println("    succeeded  " + counts.succeeded());
    out.println("    failed     " + counts.failed());
    out.println("    cancelled  " + counts.cancelled());
    out.println("    rejected   " + counts.refused());
    out.println("    silent     " + counts.silent());
    out.println("  restarts     " + counts.restarts());
    out.println("  diagnostics  " + counts.diagnostics());
    out.println("  downloaded   " + counts.bytes() + " bytes");
    out.println("  errors       " + counts.errors());
    counts.reasons().forEach((reason, count) -> out.println("    " + reason + "  " + count));
    out.flush();
  }
}
