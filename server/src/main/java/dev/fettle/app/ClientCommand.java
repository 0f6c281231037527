package dev.fettle.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command that prints a program for an SDK which works against this server. */
@Command(
    name = "client",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Prints a snippet for a kind of client that works against a development server: where the"
            + " official SDKs send their token, and what certificate they trust, has to be said to"
            + " them. docs/clients.md shows each; 'python' is the SDK's and 'urllib' needs the"
            + " standard library alone, 'msal' is the token library of Node.js, 'm365' is CLI for"
            + " Microsoft 365.")
public final class ClientCommand implements Callable<Integer> {
  /** Kinds of clients. */
  enum Kind {
    java,
    dotnet,
    javascript,
    typescript,
    python,
    urllib,
    go,
    php,
    powershell,
    msal,
    m365,
    curl
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "KIND", description = "one of ${COMPLETION-CANDIDATES}")
  private Kind kind = Kind.curl;

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "https://localhost:8443",
      converter = ServerAddress.class,
      description = "the server's HTTPS address (default: https://localhost:8443)")
  private URI url = URI.create("https://localhost:8443");

  @Override
  public Integer call() {
    String name = "/snippets/" + kind.name().toLowerCase(Locale.ROOT) + ".txt";
    try (InputStream in = ClientCommand.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no snippet " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      spec.commandLine()
          .getOut()
          .print(
              text.replace("@URL@", url.toString())
                  .replace("@HOST@", url.getHost())
                  .replace("@PORT@", Integer.toString(url.getPort() < 0 ? 443 : url.getPort()))
                  .replace("@TENANT@", "6f1e77ae-0000-4000-8000-000000000001"));
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
