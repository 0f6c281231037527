package dev.fettle.support;

import dev.fettle.http.Door;
import dev.fettle.http.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The rows that answered the requests of the tests, for {@code docs/coverage.md}: an extension of
 * every test class that keeps one file for each of them in {@code target/coverage}. A class that
 * runs alone writes its own file anew and leaves the others', and it does not matter in how many
 * JVMs the classes run.
 *
 * <p>Test classes run one after another, so whatever is answered meanwhile, on whatever thread, is
 * the running class's. What a request within a batch did is not seen: the row that answered is that
 * of the batch. A class that sees other answers in each run, by chance or by a race, has the tag
 * {@link #VARYING} and is not recorded, so that the page is the same after each run.
 */
public final class AnsweredRows implements BeforeAllCallback, AfterAllCallback {

  /** The tests that saw a row answer; golden exchanges by the names of their files. */
  public record Seen(Set<String> succeeded, Set<String> refused) {
    Seen() {
      this(new TreeSet<>(), new TreeSet<>());
    }
  }

  /** The tag of test classes whose requests are not recorded. */
  public static final String VARYING = "varying";

  private static final Path RECORDS = Path.of("target", "coverage");

  /** A count of the metrics of a whole server. */
  private static final Pattern COUNT =
      Pattern.compile(
          "(?m)^fettle_http_requests_seconds_count\\{door=\"([^\"]+)\",method=\"([^\"]*)\","
              + "route=\"([^\"]+)\",status=\"(\\d+)\"}");

  private static final Set<String> LINES = new ConcurrentSkipListSet<>();
  private static volatile @Nullable Class<?> running;
  private static volatile @Nullable String exchange;

  @Override
  public void beforeAll(ExtensionContext context) {
    Class<?> outermost = outermost(context);
    if (running != outermost) {
      running = context.getTags().contains(VARYING) ? null : outermost;
      LINES.clear();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    Path file = RECORDS.resolve(outermost(context).getName() + ".txt");
    if (LINES.isEmpty()) {
      Files.deleteIfExists(file);
    } else {
      Files.createDirectories(RECORDS);
      Files.write(file, LINES);
    }
    if (context.getRequiredTestClass() == running) {
      running = null;
    }
  }

  private static Class<?> outermost(ExtensionContext context) {
    Class<?> type = context.getRequiredTestClass();
    while (type.getEnclosingClass() != null) {
      type = type.getEnclosingClass();
    }
    return type;
  }

  /** Notes an answer of a router; an observer for the routers that tests make. */
  public static void note(Router.Exchanged exchanged) {
    note(exchanged.door().name(), exchanged.row(), exchanged.answer().status());
  }

  /**
   * Notes what a whole server answered until now, but for devices: pretend ones come by the clock,
   * and what they are answered differs from run to run.
   */
  public static void noteMetrics(String metrics) {
    Matcher count = COUNT.matcher(metrics);
    while (count.find()) {
      if (count.group(1).equals("ddi")) {
        continue;
      }
      note(
          count.group(1),
          new Door.Row(count.group(2), count.group(3)),
          Integer.parseInt(count.group(4)));
    }
  }

  private static void note(String door, Door.Row row, int status) {
    Class<?> test = running;
    if (test != null) {
      String name = exchange;
      LINES.add(
          String.join(
              "\t",
              key(door, row),
              status < 400 ? "succeeded" : "refused",
              name == null ? test.getSimpleName() : name));
    }
  }

  /** Notes what is answered from now on under the name of a golden exchange; null ends that. */
  static void inExchange(@Nullable String name) {
    exchange = name;
  }

  /** The name of a row among those of all doors. */
  public static String key(String door, Door.Row row) {
    return door + " " + row.method() + " " + row.path();
  }

  /** The tests by the keys of the rows that they saw, of all classes that there are. */
  public static Map<String, Seen> recorded() throws IOException {
    Map<String, Seen> seen = new TreeMap<>();
    try (Stream<Path> files = Files.list(RECORDS)) {
      for (Path file : files.filter(AnsweredRows::isOfToday).toList()) {
        for (String line : Files.readAllLines(file)) {
          String[] parts = line.split("\t", -1);
          Seen row = seen.computeIfAbsent(parts[0], key -> new Seen());
          (parts[1].equals("succeeded") ? row.succeeded() : row.refused()).add(parts[2]);
        }
      }
    } catch (NoSuchFileException nothing) {
      throw new UncheckedIOException("Nothing is recorded yet: run all tests first.", nothing);
    }
    return seen;
  }

  /** Whether the class of a record is still there; others have moved since they ran. */
  private static boolean isOfToday(Path file) {
    String name = file.getFileName().toString().replaceAll("\\.txt$", "");
    return AnsweredRows.class.getResource("/" + name.replace('.', '/') + ".class") != null;
  }
}
