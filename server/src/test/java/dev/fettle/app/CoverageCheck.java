package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.app.settings.Mode;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.CoveragePage;
import dev.fettle.http.Door;
import dev.fettle.http.Response;
import dev.fettle.identity.BuiltInIssuer;
import dev.fettle.identity.IdentityEndpoints;
import dev.fettle.identity.IssuerMode;
import dev.fettle.identity.SigningKeys;
import dev.fettle.identity.Tenants;
import dev.fettle.support.AnsweredRows;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The check of what all tests together covered, from what {@link AnsweredRows} recorded. The build
 * runs it after all of them and leaves it out when it is asked for single ones. {@code
 * -Dfettle.coverage=rewrite} writes {@code docs/coverage.md} anew; the difference is then reviewed
 * like any other.
 */
@WithPostgres
class CoverageCheck {

  private static final Path PAGE = Path.of("..", "docs", "coverage.md");

  private CoveragePage page;

  @BeforeEach
  void record(Db db, @TempDir Path data) throws IOException {
    try (InProcess fettle = new InProcess(db, InstantSource.system(), Ids.random(), data)) {
      Application application = fettle.application();
      page =
          new CoveragePage(
              application.coverage(), doors(db, data, application), AnsweredRows.recorded());
    }
  }

  @Test
  void every_row_that_is_built_was_seen_to_succeed() {
    assertThat(page.unseen()).as("built rows that no test saw succeed").isEmpty();
  }

  @Test
  void the_coverage_page_is_what_the_rows_and_the_tests_say() throws IOException {
    if ("rewrite".equals(System.getProperty("fettle.coverage"))) {
      Files.writeString(PAGE, page.text());
    }
    List<String> made = page.text().lines().toList();
    List<String> written = Files.readAllLines(PAGE);
    assertThat(without(made, written)).as("lines that docs/coverage.md lacks").isEmpty();
    assertThat(without(written, made)).as("lines that docs/coverage.md has too many").isEmpty();
    assertThat(written).isEqualTo(made);
  }

  private static List<String> without(List<String> lines, List<String> others) {
    return lines.stream().filter(line -> !others.contains(line)).toList();
  }

  /** The doors as a development server has them. */
  private static List<Door> doors(Db db, Path data, Application application) {
    InstantSource clock = InstantSource.system();
    List<Door> doors = new ArrayList<>(application.doors());
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
}
