package dev.fettle.teams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.identity.Tenants;
import dev.fettle.json.Json;
import dev.fettle.support.GoldenExchanges;
import dev.fettle.support.InProcess;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exchanges of the public reference, each against a tenant that was seeded a moment ago. */
@WithPostgres
class TeamsExchangesTest {

  private static final Path EXCHANGES = Path.of("..", "docs", "exchanges", "teams-apps");

  /** Ids that a file can foresee, since some of them end up inside other ids. */
  private static final class Counted implements Ids {
    private final AtomicInteger last = new AtomicInteger();

    @Override
    public String guid() {
      return "%08x-0000-4000-9000-000000000000".formatted(last.incrementAndGet());
    }

    @Override
    public String hex(int bytes) {
      return ("%0" + 2 * bytes + "x").formatted(last.incrementAndGet());
    }
  }

  @Test
  void documented_exchanges_are_answered_as_their_files_say(Db db, @TempDir Path data)
      throws IOException {
    TestClock clock = new TestClock();
    String seeds = Json.text(TeamsWorld.seed("directory")) + Json.text(TeamsWorld.seed("teams"));
    Counted ids = new Counted();
    Counted seeded = new Counted();
    try (InProcess server = new InProcess(db, clock, ids, data)) {
      for (Path file : GoldenExchanges.files(EXCHANGES)) {
        String tenant = UUID.randomUUID().toString();
        var _ = new Tenants(db, clock, Tenants.Birth.BY_OPERATOR).ensure(tenant, null, null);
        TeamsWorld.fillDirectory(db, clock, tenant);
        seeded.last.set(0x100000);
        new TeamsSeed(db, clock, seeded).apply(tenant, TeamsWorld.seed("teams"));
        ids.last.set(0x1000);
        String expected = Files.readString(file);
        String actual =
            new GoldenExchanges(server, permissions -> authorization(tenant, permissions), seeds)
                .replay(file, expected);
        if (GoldenExchanges.rewriting()) {
          Files.writeString(file, actual);
        } else {
          assertThat(actual).as(file.getFileName().toString()).isEqualTo(expected);
        }
      }
    }
  }

  /**
   * Permissions of an app by itself, after the word user those of a user through an app, and after
   * the word registration the app of that registration, with those that follow.
   */
  private static String authorization(String tenant, String permissions) {
    if (permissions.startsWith("registration ")) {
      String[] words = permissions.split(" ", 3);
      return "Test app:%s %s %s".formatted(words[1], tenant, words.length > 2 ? words[2] : "");
    }
    return permissions.startsWith("user ")
        ? "Test user:%s %s %s"
            .formatted(
                TeamsWorld.MEGAN, tenant, permissions.substring("user ".length()).replace(" ", ""))
        : InProcess.appOf(tenant, permissions.split(", *", -1));
  }
}
