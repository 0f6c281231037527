package dev.fettle.vpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.json.Json;
import dev.fettle.support.GoldenExchanges;
import dev.fettle.support.InProcess;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exchanges of the public reference, each against a tenant that was seeded a moment ago. */
@WithPostgres
final class DocumentedVppExchangesTest {

  private static final Path EXCHANGES = Path.of("..", "docs", "exchanges", "vpp");

  /** Not an id: what Intune prints where it has none. */
  private static final String NO_OPERATION = "00000000-0000-0000-0000-000000000000";

  @Test
  void documented_exchanges_are_answered_as_their_files_say(Db db, @TempDir Path data)
      throws IOException {
    try (InProcess server = new InProcess(db, new TestClock(), Ids.random(), data)) {
      for (Path file : GoldenExchanges.files(EXCHANGES)) {
        String tenant = UUID.randomUUID().toString();
        assertThat(server.application().vpp().seed(tenant, VppWorld.documented())).isEqualTo(1);
        String expected = Files.readString(file);
        String actual =
            new GoldenExchanges(
                    server,
                    permissions -> InProcess.appOf(tenant, permissions.split(", *", -1)),
                    Json.text(VppWorld.documented()) + NO_OPERATION)
                .replay(file, expected);
        if (GoldenExchanges.rewriting()) {
          Files.writeString(file, actual);
        } else {
          assertThat(actual).as(file.getFileName().toString()).isEqualTo(expected);
        }
      }
    }
  }
}
