package dev.fettle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Measures the hot requests of a capability against bare ones and writes a page of results.
 *
 * <p>Arguments: the suite, the file for the results, seconds for each measurement (4), rounds (3; 0
 * for the part without sockets alone).
 */
public final class Bench {

  private static final int DIRECT_ROUNDS = 7;

  private Bench() {}

  /** Runs a suite. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length < 2) {
      System.err.println("usage: Bench SUITE RESULTS.md [SECONDS [ROUNDS]]");
      System.exit(2);
    }
    Suite suite = Suite.named(arguments[0]);
    Path results = Path.of(arguments[1]);
    int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4;
    int rounds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 3;
    try (Rig rig = new Rig(suite)) {
      Map<Target, Direct.Cost> direct = new Direct(suite, rig).measure(DIRECT_ROUNDS);
      Map<Target, List<Rounds.Sample>> samples =
          rounds == 0 ? Map.of() : new Rounds(arguments[0], suite, rig, seconds).measure(rounds);
      String page = Page.of(suite, rounds, samples, direct) + suite.more(rig);
      Files.createDirectories(results.toAbsolutePath().getParent());
      Files.writeString(results, page);
      System.out.println(page);
    }
  }
}
