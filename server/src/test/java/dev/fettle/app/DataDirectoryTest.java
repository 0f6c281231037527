package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.app.settings.Mode;
import dev.fettle.db.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  /** As root the database runs as another user, who has to reach its own folder. */
  private static final String PASSED =
      EmbeddedPostgres.runsAsAnotherUser() ? "rwx--x--x" : "rwx------";

  @TempDir private Path parent = Path.of("");

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Path open(Path path) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void a_new_directory_is_its_owners_alone() throws IOException {
    Path data = parent.resolve("data");

    DataDirectory.prepare(data, Mode.DEV);

    assertThat(rights(data)).isEqualTo(PASSED);
    assertThat(rights(data.resolve("mode"))).isEqualTo("rw-------");
  }

  /** Files for devices and the database's log could be read by every user of the machine. */
  @Test
  void what_an_earlier_version_left_open_is_closed() throws IOException {
    Path data = open(Files.createDirectory(parent.resolve("data")));
    Path files = open(Files.createDirectory(data.resolve("files")));
    Path postgres = open(Files.createDirectory(data.resolve("postgres")));
    Path elsewhere = open(Files.createDirectory(parent.resolve("elsewhere")));
    Files.createSymbolicLink(data.resolve("link"), elsewhere);

    DataDirectory.prepare(data, Mode.DEV);

    assertThat(rights(data)).isEqualTo(PASSED);
    assertThat(rights(files)).isEqualTo("rwx------");
    assertThat(rights(postgres)).isEqualTo(PASSED);
    assertThat(rights(elsewhere)).isEqualTo("rwxr-xr-x");
  }
}
