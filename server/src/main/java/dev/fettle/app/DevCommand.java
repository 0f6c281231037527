package dev.fettle.app;

import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Settings;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a server for a laptop or a test. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs a server for a laptop or a test: embedded database, tokens for whoever asks on this",
      "machine, the examples of the public documentation as its data."
    })
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

  @Override
  public Integer call() throws Exception {
    Settings settings = options.read(Mode.DEV);
    return Lifetime.run(
        settings, Seed.document(seed), this::company, server -> say(server, settings));
  }

  private AutoCloseable company(FettleServer server) {
    Integer count = devices;
    return count == null ? () -> {} : DevFleet.start(server, count);
  }

  private static void say(FettleServer server, Settings settings) {
    StringBuilder text = new StringBuilder("Fettle is ready\n");
    for (String url : server.urls()) {
      text.append("  ").append(url).append("\n");
    }
    text.append("  a token:  ./fettle token --permissions TeamworkDevice.Read.All\n");
    text.append("  data:     ").append(settings.data()).append("   stop: Ctrl-C\n");
    System.out.print(text);
    System.out.flush();
  }
}
