package dev.fettle.app;

import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Settings;
import dev.fettle.base.Ids;
import dev.fettle.vpp.Vpp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The commands about the keys that secrets are encrypted with. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = "The keys that stored secrets are encrypted with.",
    subcommands = KeysCommand.Rotate.class)
final class KeysCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The command that makes a new key and encrypts every stored secret with it. */
  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description =
          "Makes a new key and encrypts every stored content token with it again. With a database"
              + " of your own, servers may keep running; with the embedded one, stop the server"
              + " first.")
  static final class Rotate implements Callable<Integer> {

    @Mixin private final ServerOptions options = new ServerOptions();

    @Option(names = "--dev", description = "the data of ./fettle dev, with its defaults")
    private boolean dev;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      Settings settings = options.read(dev ? Mode.DEV : Mode.SERVE, Map.of());
      Path file = CapabilitySettings.keyFile(settings);
      if (!Files.exists(file)) {
        throw new StartRefused(
            ExitCode.SETTINGS,
            "There is no key file %s: no server has stored a secret with these settings."
                .formatted(file));
      }
      try (OpenDatabase database = OpenDatabase.of(settings, Ids.random())) {
        int sealed = Vpp.rotateKey(database.db(), file);
        spec.commandLine()
            .getOut()
            .printf("A new key is in %s; %d secrets are encrypted with it.%n", file, sealed);
      }
      return 0;
    }
  }
}
