package dev.fettle.app;

import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Settings;
import dev.fettle.json.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command that runs a server for operators. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs a server for operators: any PostgreSQL, tokens of trusted issuers, real devices.",
      "Nothing that only development needs is there: no token forge, no settable clock, no reset."
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private final ServerOptions options = new ServerOptions();

  @Override
  public Integer call() throws Exception {
    Settings settings = options.read(Mode.SERVE, Map.of());
    return ServerProcess.run(settings, Json.object(), server -> () -> {}, ServeCommand::say);
  }

  private static void say(FettleServer server) {
    System.out.println("Fettle is ready\n  " + String.join("\n  ", server.urls()));
    System.out.flush();
  }
}
