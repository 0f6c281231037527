package dev.fettle.bench;

import dev.fettle.bench.Target.Aim;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The page of results of a suite, in Markdown. */
final class Page {

  private static final int MOST_WAITING = 10;

  private Page() {}

  /** A page with what was measured over sockets, which may be nothing, and without. */
  static String of(
      Suite suite,
      int rounds,
      Map<Target, List<Rounds.Sample>> samples,
      Map<Target, Direct.Cost> direct)
      throws IOException {
    StringBuilder page = new StringBuilder();
    page.append("# ").append(suite.title()).append("\n\n").append(Machine.words());
    page.append(
        String.format(
            Locale.ROOT,
            """

            Embedded PostgreSQL with fsync, %s. Access tokens are taken as verified, which is what a
            cached one costs.
            """,
            suite.conditions()));
    if (!samples.isEmpty()) {
      sockets(page, rounds, samples);
    }
    page.append(
        """

        ## Without sockets: processor time of the calling thread alone

        | request | CPU µs/request | KB allocated/request |
        |---|---|---|
        """);
    Map<Target, Double> cpu = new LinkedHashMap<>();
    direct.forEach(
        (target, cost) -> {
          page.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %.0f | %.1f |%n",
                  target.name(),
                  cost.micros(),
                  cost.kilobytes()));
          cpu.put(target, cost.micros());
        });
    aims(page, cpu, false);
    return page.toString();
  }

  private static void sockets(
      StringBuilder page, int rounds, Map<Target, List<Rounds.Sample>> samples) {
    page.append(
        String.format(
            Locale.ROOT,
            """

            ## Over sockets

            Processor time is that of the server's process without the JVM's compiler threads; medians of %d
            rounds in which all take turns, over %d connections. The median and the p99 until an answer are
            those over one connection, where no request waits for another.

            | request | CPU µs/request | statements | requests/s | median µs | p99 µs | not as expected |
            |---|---|---|---|---|---|---|
            """,
            rounds,
            Rounds.CONNECTIONS));
    samples.forEach(
        (target, all) ->
            page.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.2f | %.0f | %.0f | %.0f | %d |%n",
                    target.name(),
                    median(all, Rounds.Sample::cpuMicros),
                    median(all, Rounds.Sample::statements),
                    median(all, Rounds.Sample::perSecond),
                    median(all, sample -> (double) sample.median()),
                    median(all, sample -> (double) sample.worst()),
                    all.stream().mapToLong(Rounds.Sample::unexpected).sum())));
    Map<Target, Double> cpu = new LinkedHashMap<>();
    samples.forEach((target, all) -> cpu.put(target, median(all, Rounds.Sample::cpuMicros)));
    aims(page, cpu, true);
    waiting(page, samples, cpu);
  }

  /** An answer that takes so much longer than the work for it waits for something: for what? */
  private static void waiting(
      StringBuilder page, Map<Target, List<Rounds.Sample>> samples, Map<Target, Double> cpu) {
    List<String> found = new ArrayList<>();
    cpu.forEach(
        (target, micros) -> {
          double median =
              median(samples.getOrDefault(target, List.of()), sample -> sample.median());
          if (median > MOST_WAITING * micros) {
            found.add("%s (%.0f times)".formatted(target.name(), median / micros));
          }
        });
    page.append(
        String.format(
            Locale.ROOT,
            "%nMedians of more than %d times the processor time: %s.%n",
            MOST_WAITING,
            found.isEmpty() ? "none" : String.join(", ", found)));
  }

  /** The aims are those of a server, which has sockets; without them there is the ratio alone. */
  private static void aims(StringBuilder page, Map<Target, Double> cpuMicros, boolean aimed) {
    page.append(
        aimed
            ? "\n| CPU | measured | aim |\n|---|---|---|\n"
            : "\n| CPU | measured |\n|---|---|\n");
    cpuMicros.forEach(
        (target, micros) -> {
          switch (target.aim()) {
            case Aim.None none -> {}
            case Aim.Ratio(String bare, double most) ->
                aim(
                    page,
                    target.name() + " / " + bare,
                    micros / named(cpuMicros, bare),
                    aimed,
                    most);
            case Aim.Millis(double most) ->
                aim(page, target.name() + ", in ms", micros / 1_000, aimed, most);
          }
        });
  }

  private static void aim(
      StringBuilder page, String what, double measured, boolean aimed, double most) {
    page.append(String.format(Locale.ROOT, "| %s | %.2f |", what, measured))
        .append(aimed ? String.format(Locale.ROOT, " at most %.2f |%n", most) : "\n");
  }

  private static double named(Map<Target, Double> values, String name) {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static double median(List<Rounds.Sample> samples, ToDoubleFunction<Rounds.Sample> value) {
    double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
