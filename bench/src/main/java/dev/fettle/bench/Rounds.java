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
 * Requests over sockets: a second process sends them, all targets take turns, and what counts is
 * the processor time of this process, which is the server's alone. Over a few connections at once
 * that time is told, and over one connection how long an answer takes: among many, requests wait
 * for each other.
 */
final class Rounds {

  static final int CONNECTIONS = 16;

  /**
   * One measurement.
   *
   * @param cpuMicros processor time of each request among others
   * @param median microseconds until the answer, over one connection
   * @param worst the same of all but one in a hundred
   */
  record Sample(
      long unexpected,
      double perSecond,
      double cpuMicros,
      double statements,
      long median,
      long worst) {}

  /** What the second process says; latencies in microseconds. */
  private record Answered(long count, long unexpected, long median, long worst) {}

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
    Answered alone = send(target, 1, Math.max(1, seconds / 4));
    long cpu = ProcessorTime.nanos();
    long statements = db.statements();
    Answered many = send(target, CONNECTIONS, seconds);
    return new Sample(
        alone.unexpected() + many.unexpected(),
        (double) many.count() / seconds,
        (ProcessorTime.nanos() - cpu) / 1_000.0 / many.count(),
        (double) (db.statements() - statements) / many.count(),
        alone.median(),
        alone.worst());
  }

  private Answered send(Target target, int connections, int duration)
      throws IOException, InterruptedException {
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
                Integer.toString(connections),
                Integer.toString(duration),
                Integer.toString(first))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(load.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = out.readLine();
      if (load.waitFor() != 0 || line == null) {
        throw new IOException("the load for " + target.name() + " failed");
      }
      String[] figures = line.split(" ");
      int answered = Integer.parseInt(figures[0]);
      numbers.put(target.name(), first + answered);
      return new Answered(
          answered,
          Long.parseLong(figures[1]),
          Long.parseLong(figures[2]),
          Long.parseLong(figures[3]));
    }
  }
}
