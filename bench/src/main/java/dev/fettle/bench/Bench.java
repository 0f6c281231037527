package dev.fettle.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.fettle.app.Application;
import dev.fettle.app.Choices;
import dev.fettle.app.Ground;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Migrations;
import dev.fettle.db.Sql;
import dev.fettle.db.embedded.EmbeddedPostgres;
import dev.fettle.http.Handler;
import dev.fettle.http.HttpServer;
import dev.fettle.identity.Caller;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures the hot requests against bare ones and writes a page of results.
 *
 * <p>Arguments: the file for the results, seconds for each measurement (5), rounds (3; 0 for the
 * part without sockets alone).
 */
public final class Bench {

  private static final int CONNECTIONS = 16;
  private static final int POOL = 16;

  /** One measurement. */
  private record Sample(
      long answered,
      long unexpected,
      double perSecond,
      double cpuMicros,
      double statements,
      long median,
      long worst) {}

  /** A request of the product, what it is held against, and how far it may go. */
  private record Pair(Target real, Target bare, double reach) {}

  private static final List<Pair> PAIRS =
      List.of(
          new Pair(Target.POLL, Target.BARE_SELECT_SMALL, 1.5),
          new Pair(Target.GET_DEVICE, Target.BARE_SELECT_DEVICE, 1.6),
          new Pair(Target.UPDATE_SOFTWARE, Target.BARE_INSERT, 2.0));

  private final Db db;
  private final int port;
  private final int seconds;
  private int number;

  private Bench(Db db, int port, int seconds) {
    this.db = db;
    this.port = port;
    this.seconds = seconds;
  }

  /** Runs everything. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path results = Path.of(arguments.length > 0 ? arguments[0] : "bench/results/devices-latest.md");
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
    Path folder = Files.createTempDirectory("fettle-bench");
    Files.setPosixFilePermissions(
        folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
    Ids ids = Ids.random();
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(EmbeddedPostgres.Options.in(folder), ids)) {
      var settings = postgres.settings(POOL, POOL, Duration.ofSeconds(10), Duration.ofSeconds(60));
      new Migrations(settings).apply();
      try (Db db = new Db(settings);
          Application application =
              new Application(
                  new Ground(
                      db,
                      authorization -> CALLER,
                      InstantSource.system(),
                      ids,
                      folder.resolve("data"),
                      new byte[32]),
                  Choices.standard(folder.resolve("data")))) {
        Fleet.make(db);
        Bare.prepare(db);
        Bare bare = new Bare(db, ids, 90, 700);
        Handler both =
            request ->
                request.rawPath().startsWith("/bare/")
                    ? bare.handle(request)
                    : application.handler().handle(request);
        Map<Target, Double> direct = new Direct(both).measure(Math.max(3, rounds));
        try (HttpServer server =
            HttpServer.start(
                List.of(
                    new HttpServer.Listener("bench", InetAddress.getLoopbackAddress(), 0, null)),
                both)) {
          String page =
              rounds == 0
                  ? direct(direct)
                  : new Bench(db, server.port("bench"), seconds).run(rounds) + direct(direct);
          Files.createDirectories(results.toAbsolutePath().getParent());
          Files.writeString(results, page);
          System.out.println(page);
        }
      }
    } finally {
      delete(folder);
    }
  }

  private static final Caller CALLER =
      new Caller(
          Target.TENANT,
          Caller.Kind.APPLICATION,
          "bench",
          "Bench",
          null,
          null,
          Set.of("TeamworkDevice.ReadWrite.All"));

  private String run(int rounds) throws IOException, InterruptedException {
    for (Target target : Target.values()) {
      measure(target);
    }
    Map<Target, List<Sample>> samples = new EnumMap<>(Target.class);
    for (int round = 0; round < rounds; round++) {
      for (Target target : Target.values()) {
        samples.computeIfAbsent(target, any -> new ArrayList<>()).add(measure(target));
      }
    }
    return page(samples, rounds);
  }

  private Sample measure(Target target) throws IOException, InterruptedException {
    if (target == Target.UPDATE_SOFTWARE || target == Target.BARE_INSERT) {
      db.read(
          tx -> tx.update(Sql.of("truncate updates_operation, bench_item, audit_entry cascade")));
      number = 0;
    }
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Process load =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Load.class.getName(),
                target.name(),
                Integer.toString(port),
                Integer.toString(CONNECTIONS),
                Integer.toString(seconds),
                Integer.toString(number))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long cpu = system.getProcessCpuTime();
    long statements = db.statements();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(load.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = out.readLine();
      long usedCpu = system.getProcessCpuTime() - cpu;
      long usedStatements = db.statements() - statements;
      if (load.waitFor() != 0 || line == null) {
        throw new IOException("the load for " + target + " failed");
      }
      String[] numbers = line.split(" ");
      long answered = Long.parseLong(numbers[0]);
      number += (int) answered;
      return new Sample(
          answered,
          Long.parseLong(numbers[1]),
          (double) answered / seconds,
          usedCpu / 1_000.0 / answered,
          (double) usedStatements / answered,
          Long.parseLong(numbers[2]),
          Long.parseLong(numbers[3]));
    }
  }

  private static String page(Map<Target, List<Sample>> samples, int rounds) throws IOException {
    StringBuilder page = new StringBuilder();
    page.append("# Hot requests of devices against bare handlers\n\n");
    page.append(machine(rounds));
    page.append(
        """

        Processor time is that of the server's process; medians of the rounds, bare and real in turn.

        | request | CPU µs/request | statements | requests/s | median µs | p99 µs | not as expected |
        |---|---|---|---|---|---|---|
        """);
    for (Map.Entry<Target, List<Sample>> entry : samples.entrySet()) {
      List<Sample> all = entry.getValue();
      page.append(
          String.format(
              Locale.ROOT,
              "| %s | %.0f | %.2f | %.0f | %.0f | %.0f | %d |%n",
              words(entry.getKey()),
              median(all, Sample::cpuMicros),
              median(all, Sample::statements),
              median(all, Sample::perSecond),
              median(all, sample -> (double) sample.median()),
              median(all, sample -> (double) sample.worst()),
              all.stream().mapToLong(Sample::unexpected).sum()));
    }
    page.append("\n| ratio of CPU | measured | aim |\n|---|---|---|\n");
    for (Pair pair : PAIRS) {
      double ratio =
          median(samples.getOrDefault(pair.real(), List.of()), Sample::cpuMicros)
              / median(samples.getOrDefault(pair.bare(), List.of()), Sample::cpuMicros);
      page.append(
          String.format(
              Locale.ROOT,
              "| %s / %s | %.2f | at most %.1f |%n",
              words(pair.real()),
              words(pair.bare()),
              ratio,
              pair.reach()));
    }
    page.append(
        String.format(
            Locale.ROOT,
            "| list of 50 devices, in ms | %.2f | at most 1.0 |%n",
            median(samples.getOrDefault(Target.LIST_DEVICES, List.of()), Sample::cpuMicros)
                / 1_000));
    return page.toString();
  }

  private static String direct(Map<Target, Double> micros) {
    StringBuilder page =
        new StringBuilder(
            """

            ## Without sockets, processor time of the calling thread alone

            | request | CPU µs/request |
            |---|---|
            """);
    micros.forEach(
        (target, value) ->
            page.append(String.format(Locale.ROOT, "| %s | %.0f |%n", words(target), value)));
    page.append("\n| ratio of CPU | measured | aim |\n|---|---|---|\n");
    for (Pair pair : PAIRS) {
      page.append(
          String.format(
              Locale.ROOT,
              "| %s / %s | %.2f | at most %.1f |%n",
              words(pair.real()),
              words(pair.bare()),
              micros.getOrDefault(pair.real(), Double.NaN)
                  / micros.getOrDefault(pair.bare(), Double.NaN),
              pair.reach()));
    }
    return page.toString();
  }

  private static String words(Target target) {
    return target.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static double median(
      List<Sample> samples, java.util.function.ToDoubleFunction<Sample> value) {
    double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static String machine(int rounds) throws IOException {
    String model = "unknown processor";
    Path cpuinfo = Path.of("/proc/cpuinfo");
    if (Files.exists(cpuinfo)) {
      try (Stream<String> lines = Files.lines(cpuinfo)) {
        model =
            lines
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(model);
      }
    }
    return String.format(
        Locale.ROOT,
        "%s, %d cores (%s), Java %s, embedded PostgreSQL with fsync, %d devices, %d connections, %d"
            + " rounds. Access tokens are taken as verified, which is what a cached one"
            + " costs.%nLoad average at the end: %.1f.%n",
        LocalDate.now(ZoneOffset.UTC),
        Runtime.getRuntime().availableProcessors(),
        model,
        Runtime.version(),
        Target.DEVICES,
        CONNECTIONS,
        rounds,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
