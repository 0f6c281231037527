package dev.fettle.updates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.support.GoldenExchanges;
import dev.fettle.support.InProcess;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exchanges of the public reference, each against a tenant that was seeded a moment ago. */
@WithPostgres
class DocumentedExchangesTest {

  private static final Path EXCHANGES = Path.of("..", "docs", "exchanges", "teams-devices");

  @Test
  void documented_exchanges_are_answered_as_their_files_say(Db db, @TempDir Path data)
      throws IOException {
    try (SeededServer seeded = new SeededServer(db, data)) {
      for (Path file : GoldenExchanges.files(EXCHANGES)) {
        String tenant = UUID.randomUUID().toString();
        SeededServer.seed(db, data, tenant);
        String expected = Files.readString(file);
        String actual =
            new GoldenExchanges(
                    seeded.server,
                    permissions -> InProcess.appOf(tenant, permissions.split(", *", -1)),
                    SeededServer.documents())
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
