package dev.fettle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.Coverage;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/coverage.md} is what the rows say. {@code -Dfettle.coverage=rewrite} writes it anew;
 * the difference is then reviewed like any other.
 */
@WithPostgres
class CoverageTest {

  private static final Path PAGE = Path.of("..", "docs", "coverage.md");

  /** A request in a test: the method's name, then a path that stands there in full. */
  private static final Pattern CALL =
      Pattern.compile(
          "\\b(get|post|patch|delete|put)\\([^;\"]*\"(/(?:beta|v1\\.0|fettle/v1\\.0)/[^\"]*)\"");

  private static final Pattern DECODABLE = Pattern.compile("[^%]*(%[0-7][0-9a-fA-F][^%]*)*");

  /** The first line of a request in a recorded exchange. */
  private static final Pattern REQUEST_LINE =
      Pattern.compile("(?m)^(GET|POST|PATCH|DELETE|PUT) (/\\S*) HTTP/1\\.1$");

  @Test
  void the_coverage_page_is_what_the_rows_say(Db db, @TempDir Path data) throws IOException {
    try (InProcess fettle = new InProcess(db, InstantSource.system(), Ids.random(), data)) {
      Coverage coverage = fettle.application().coverage();
      String page = coverage.page(tests(coverage));
      if ("rewrite".equals(System.getProperty("fettle.coverage"))) {
        Files.writeString(PAGE, page);
      }
      assertThat(withoutTests(Files.readString(PAGE))).isEqualTo(withoutTests(page));
    }
  }

  @Test
  void every_permission_that_opens_something_is_spelt_as_graph_spells_permissions(
      Db db, @TempDir Path data) {
    try (InProcess fettle = new InProcess(db, InstantSource.system(), Ids.random(), data)) {
      Coverage coverage = fettle.application().coverage();
      Set<String> all = new TreeSet<>(coverage.applicationPermissions());
      all.addAll(coverage.delegatedPermissions());
      assertThat(all).allMatch(name -> name.matches("[A-Z][A-Za-z]+(\\.[A-Z][A-Za-z]+)+"));
    }
  }

  /** The last column changes with every new test and is not held to the letter. */
  private static String withoutTests(String page) {
    return page.replaceAll("(?m)\\|[^|\\n]*\\|$", "|");
  }

  private static Map<String, Set<String>> tests(Coverage coverage) throws IOException {
    Map<String, Set<String>> tests = new TreeMap<>();
    collect(coverage, Path.of("..", "docs", "exchanges"), ".http", REQUEST_LINE, tests);
    collect(coverage, Path.of("src", "test", "java"), ".java", CALL, tests);
    return tests;
  }

  private static void collect(
      Coverage coverage,
      Path folder,
      String ending,
      Pattern pattern,
      Map<String, Set<String>> tests)
      throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(path -> path.toString().endsWith(ending)).sorted().toList()) {
        String name = file.getFileName().toString().replace(ending, "");
        Matcher matcher = pattern.matcher(Files.readString(file));
        while (matcher.find()) {
          String target = matcher.group(2).replace("%s", "x");
          if (!DECODABLE.matcher(target).matches()) {
            continue;
          }
          coverage
              .row(matcher.group(1).toUpperCase(Locale.ROOT), target)
              .ifPresent(row -> tests.computeIfAbsent(row, ignored -> new TreeSet<>()).add(name));
        }
      }
    }
  }
}
