package dev.fettle.bench;

import dev.fettle.db.Db;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Requests over sockets: a second process sends them over a few connections, all targets take
 * turns, and what counts is the processor time of this process, which is the server's alone.
 */
final class Rounds {

  static final int CONNECTIONS = 16;

  /** One measurement; latencies in microseconds. */
  record Sample(
      long answered,
      long unexpected,
      double perSecond,
      double cpuMicros,
      double statements,
      long median,
      long worst) {}

  private final String name;
  private final Suite suite;
  private final Db db;
  private final int port;
  private final int seconds;
  private final Map<String, Integer> numbers = new HashMap<>();

  Rounds(String name, Suite suite, Rig rig, int seconds) {
    this.name = name;
    this.suite = suite;
    this.db = rig.db();
    this.port = rig.port();
    this.seconds = seconds;
  }

  /** One unmeasured round, then the measured ones. */
  Map<Target, List<Sample>> measure(int rounds) throws IOException, InterruptedException {
    Map<Target, List<Sample>> samples = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) {
      for (Target target : suite.targets()) {
        Sample sample = measure(target);
        if (round > 0) {
          samples.computeIfAbsent(target, any -> new ArrayList<>()).add(sample);
        }
      }
    }
    return samples;
  }

  private Sample measure(Target target) throws IOException, InterruptedException {
    if (suite.restored(db, target)) {
      numbers.remove(target.name());
    }
    int first = numbers.getOrDefault(target.name(), 0);
    Process load =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Load.class.getName(),
                name,
                target.name(),
                Integer.toString(port),
                Integer.toString(CONNECTIONS),
                Integer.toString(seconds),
                Integer.toString(first))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long cpu = ProcessorTime.nanos();
    long statements = db.statements();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(load.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = out.readLine();
      long usedCpu = ProcessorTime.nanos() - cpu;
      long usedStatements = db.statements() - statements;
      if (load.waitFor() != 0 || line == null) {
        throw new IOException("the load for " + target.name() + " failed");
      }
      String[] figures = line.split(" ");
      long answered = Long.parseLong(figures[0]);
      numbers.put(target.name(), first + (int) answered);
      return new Sample(
          answered,
          Long.parseLong(figures[1]),
          (double) answered / seconds,
          usedCpu / 1_000.0 / answered,
          (double) usedStatements / answered,
          Long.parseLong(figures[2]),
          Long.parseLong(figures[3]));
    }
  }
}
