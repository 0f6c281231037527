package dev.fettle.app;

import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Setting;
import dev.fettle.app.settings.Settings;
import dev.fettle.simulator.apple.AppleStandIn;
import dev.fettle.simulator.apple.AppleStandInSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command that runs a server for a laptop or a test. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs a server for a laptop or a test: embedded database, tokens for whoever asks on this"
            + " machine, the examples of the public documentation as its data.")
final class DevCommand implements Callable<Integer> {
  @Mixin private final ServerOptions options = new ServerOptions();

  @Option(
      names = "--seed",
      paramLabel = "FILE",
      defaultValue = Seed.DOCUMENTATION,
      description = "what it holds at first: 'documentation' (the default), 'none', or a JSON file")
  private String seed = Seed.DOCUMENTATION;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description =
          "brings the seeded devices to life and N pretend devices beside them; they poll,"
              + " install and report")
  private @Nullable Integer devices;

  @Option(
      names = "--apple-stand-in",
      description =
          "plays Apple's side of volume purchasing beside the server, and prints content tokens"
              + " to upload")
  private boolean appleStandIn;

  @Option(
      names = "--train",
      hidden = true,
      description = "updates the pretend devices and ends, for the launcher's start cache")
  private boolean train;

  @Override
  public Integer call() throws Exception {
    if (!appleStandIn) {
      return run(options.read(Mode.DEV, Map.of()), null);
    }
    try (AppleStandIn apple = AppleStandIn.start(AppleStandInSettings.defaults())) {
      return run(options.read(Mode.DEV, settings(apple)), apple);
    }
  }

  /** The settings by which the server asks this stand-in, also for the printed vppToken. */
  static Map<String, String> settings(AppleStandIn apple) {
    return Map.of(
        Setting.VPP_APPLE_URL.name(),
        apple.url(),
        Setting.VPP_EXAMPLE_TOKEN.name(),
        apple.printed().contentToken());
  }

  private int run(Settings settings, @Nullable AppleStandIn apple) throws Exception {
    return ServerProcess.run(
        settings,
        Seed.document(seed),
        server -> {
          introduce(settings, apple);
          return company(server);
        },
        server -> {
          say(server, settings, apple);
          if (train) {
            Thread.ofVirtual().start(() -> train(server, settings.get(Setting.DATA_DIRECTORY)));
          }
        });
  }

  private void train(FettleServer server, Path data) {
    int code = 1;
    try {
      TrainingRun.run(
          server.local(),
          URI.create(server.urls().getFirst()),
          Authorities.with(LocalAuthority.certificate(data)),
          devices == null ? 0 : devices);
      code = 0;
    } catch (IOException | TimeoutException | RuntimeException | Error e) {
      System.err.println("The training run failed: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // Whatever happened: the launcher waits for the end of this process.
      System.exit(code);
    }
  }

  /** Has the stand-in trust our own authority, since it notifies us over HTTPS. */
  private static void introduce(Settings settings, @Nullable AppleStandIn apple) {
    Path authority = LocalAuthority.certificate(settings.get(Setting.DATA_DIRECTORY));
    if (apple != null && Files.exists(authority)) {
      try {
        apple.administration().trust(Files.readString(authority));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private AutoCloseable company(FettleServer server) {
    Integer count = devices;
    return count == null ? () -> {} : DevFleet.start(server, count);
  }

  private static void say(FettleServer server, Settings settings, @Nullable AppleStandIn apple) {
    StringBuilder text = new StringBuilder("Fettle is ready\n");
    for (String url : server.urls()) {
      text.append("  ").append(url).append("\n");
    }
    text.append("  a token:  ./fettle token --permissions TeamworkDevice.Read.All");
    if (!server.local().toString().equals(TokenCommand.USUAL)) {
      text.append(" --url ").append(server.local());
    }
    text.append("\n");
    if (apple != null) {
      text.append("  Apple:    ").append(apple.url()).append("   drive it: ");
      text.append(apple.administrationUrl()).append("\n");
      for (AppleStandIn.SeededLibrary library : apple.seeded()) {
        text.append("    ").append(library).append("\n      content token: ");
        text.append(library.contentToken()).append("\n");
      }
    }
    text.append("  data:     ")
        .append(settings.get(Setting.DATA_DIRECTORY))
        .append("   stop: Ctrl-C\n");
    System.out.print(text);
    System.out.flush();
  }
}
