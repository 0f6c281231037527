package dev.fettle.simulator.apple;

import dev.fettle.simulator.apple.administration.Administration;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.library.EventPace;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fettle apple-stand-in}: runs the stand-in until it is told to stop. */
@Command(
    name = "apple-stand-in",
    mixinStandardHelpOptions = true,
    description =
        "Plays Apple's side of volume purchasing on 127.0.0.1, for development and tests.",
    footer = {
      "",
      "Everything is kept in memory; the content tokens of the seeded libraries stay the same",
      "over restarts. Drive it under /stand-in (GET it to see what there is)."
    })
public final class AppleStandInCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      defaultValue = "8070",
      description = "Port on 127.0.0.1, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--https", description = "Speak HTTPS with a certificate made at start.")
  private boolean https;

  @Option(
      names = "--assets",
      defaultValue = "0",
      paramLabel = "COUNT",
      description = "Add a library with so many generated assets.")
  private int assets;

  @Option(
      names = "--page-size",
      defaultValue = "999",
      paramLabel = "COUNT",
      description = "Records on a page (default: ${DEFAULT-VALUE}).")
  private int pageSize;

  @Option(
      names = "--requests-per-second",
      defaultValue = "15",
      paramLabel = "COUNT",
      description = "Requests allowed each second for a library (default: ${DEFAULT-VALUE}).")
  private int requestsPerSecond;

  @Option(
      names = "--event-delay",
      defaultValue = "PT2S",
      paramLabel = "DURATION",
      description = "How long events stay pending (default: ${DEFAULT-VALUE}).")
  private Duration eventDelay = Duration.ofSeconds(2);

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description = "PEM file with the authority of the notification URL's certificate.")
  private @Nullable Path trust;

  @Option(
      names = "--plain-notifications",
      description = "Allow notification URLs that are plain http on loopback.")
  private boolean plainNotifications;

  /** Made by picocli. */
  public AppleStandInCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    AppleStandInSettings.Builder settings =
        AppleStandInSettings.builder()
            .port(port)
            .https(https)
            .pageSize(Math.max(1, pageSize))
            .limits(Limits.documented().withMaxRequestPerSecond(Math.max(1, requestsPerSecond)))
            .eventPace(new EventPace.After(eventDelay))
            .plainNotifications(plainNotifications);
    if (trust != null) {
      settings.notificationAuthority(trust);
    }
    CountDownLatch stopped = new CountDownLatch(1);
    try (AppleStandIn standIn = AppleStandIn.start(settings.build())) {
      Runtime.getRuntime().addShutdownHook(new Thread(stopped::countDown));
      describe(standIn);
      stopped.await();
      return 0;
    } catch (UncheckedIOException e) {
      err().println(e.getMessage() + ": " + reason(e));
      err().println("Choose another port with --port, or 0 for any free one.");
      return 1;
    }
  }

  private static String reason(Throwable problem) {
    Throwable cause = problem.getCause();
    return cause == null ? "no reason given" : String.valueOf(cause.getMessage());
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("picocli fills the spec in before it calls");
    }
    return spec.commandLine();
  }

  private PrintWriter err() {
    return commandLine().getErr();
  }

  private void describe(AppleStandIn standIn) {
    PrintWriter out = commandLine().getOut();
    for (AppleStandIn.SeededLibrary library : standIn.seeded()) {
      print(out, library.toString(), library.contentToken());
    }
    if (assets > 0) {
      Administration administration = standIn.administration();
      String uId =
          administration.createLibrary(
              Administration.NewLibrary.business("Fettle Example Ltd", assets + " assets"));
      administration.addGenerated(uId, assets);
      print(
          out,
          "Fettle Example Ltd, " + assets + " assets (" + uId + ")",
          administration.issueToken(uId));
    }
    out.println("Administration: " + standIn.administrationUrl());
    out.println("The stand-in for Apple is ready at " + standIn.url());
    out.flush();
  }

  private static void print(PrintWriter out, String library, String contentToken) {
    out.println("Library " + library);
    out.println("  content token: " + contentToken);
  }
}
