package dev.fettle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.app.Application;
import dev.fettle.app.DevClock;
import dev.fettle.app.DevEndpoints;
import dev.fettle.app.Monitoring;
import dev.fettle.app.settings.Mode;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.Coverage;
import dev.fettle.graph.Graph;
import dev.fettle.http.Door;
import dev.fettle.http.Response;
import dev.fettle.identity.BuiltInIssuer;
import dev.fettle.identity.IdentityEndpoints;
import dev.fettle.identity.IssuerMode;
import dev.fettle.identity.SigningKeys;
import dev.fettle.identity.Tenants;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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
      String page = coverage.page(tests(coverage), others(db, data, fettle.application()));
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

  /** The doors beside Graph's, as a development server has them. */
  private static List<Door> others(Db db, Path data, Application application) {
    InstantSource clock = InstantSource.system();
    List<Door> doors = new ArrayList<>(application.doors());
    doors.removeIf(Graph.class::isInstance);
    BuiltInIssuer issuer =
        new BuiltInIssuer(SigningKeys.in(data.resolve("keys.json")), null, clock, Ids.random());
    doors.add(
        new IdentityEndpoints(
            new IdentityEndpoints.Parts(
                IssuerMode.DEVELOPMENT,
                issuer,
                new Tenants(db, clock, Tenants.Birth.AT_FIRST_USE),
                application.clients(),
                application.users(),
                Set.of(),
                application::knownPermissions,
                reason -> Response.empty(400),
                clock)));
    doors.add(
        new DevEndpoints(
            Mode.DEV,
            data,
            new DevClock(Clock.systemUTC()),
            reason -> Response.empty(400),
            () -> {}));
    doors.add(new Monitoring(db, false, false));
    return doors;
  }

  /** The last column changes with every new test and is not held to the letter. */
  private static String withoutTests(String page) {
    return page.replaceAll("(?m)(\\|[^\\n]*\\|)[^|\\n]*\\|$", "$1");
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
