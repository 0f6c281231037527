package dev.fettle.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.agent.AgentCommand;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.ddi.DdiFixture.Known;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Our own agent and our own server, by the agent's command and its configuration file. */
@WithPostgres
final class AgentOnServerTest {
  private static final byte[] FILE = "version two".getBytes(StandardCharsets.UTF_8);

  private final Db db;
  private final Path folder;
  private final DdiFixture site;
  private final Known device;

  AgentOnServerTest(Db db, @TempDir Path folder) throws IOException {
    this.db = db;
    this.folder = folder;
    this.site = new DdiFixture(db, folder, DdiSettings.standard());
    this.device = site.device("lobby");
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void an_update_a_restart_and_diagnostics_are_done_and_told() throws Exception {
    configure("cp \"$FETTLE_FILE\" '" + folder.resolve("installed") + "'; true");
    assertThat(step()).contains("agent lobby");
    site.release("2.0", FILE, "client.bin");
    String update = site.update(device, "2.0");
    String restart = site.operations.restart(site.admin, device.id());
    String diagnostics = site.operations.runDiagnostics(site.admin, device.id());

    step();

    assertThat(site.operation(update)).startsWith("succeeded|");
    assertThat(site.operation(restart)).startsWith("succeeded|");
    assertThat(site.operation(diagnostics)).startsWith("succeeded|");
    assertThat(folder.resolve("installed")).hasBinaryContent(FILE);
    assertThat(version()).isEqualTo("2.0");
  }

  @Test
  void a_failing_installer_is_told_with_its_last_words_and_its_code() throws Exception {
    configure("echo 'no space left on the other slot'; exit 28; true");
    site.release("2.0", FILE, "client.bin");
    String update = site.update(device, "2.0");

    step();

    assertThat(site.operation(update)).startsWith("failed|28|no space left on the other slot\n");
    assertThat(version()).isEqualTo("1.0");
  }

  private void configure(String installer) throws IOException {
    Files.writeString(
        folder.resolve("agent.properties"),
        """
        server = %s
        tenant = %s
        id = lobby
        token = %s
        state = state
        version.teamsClient = 1.0
        install.teamsClient = %s
        restart = true
        restart.wait-seconds = 0
        """
            .formatted(site.url(), site.ddiName, device.token(), installer));
  }

  private String step() {
    StringWriter said = new StringWriter();
    int code =
        new CommandLine(new AgentCommand())
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute("--once", "--config", folder.resolve("agent.properties").toString());
    assertThat(code).as(said.toString()).isZero();
    return said.toString();
  }

  private String version() {
    return db.statement(
            tx ->
                tx.one(
                    Sql.of(
                            """
                            select current_versions ->> 'teamsClient' v from devices_device
                            where tenant_id = :tenantId and id = :id
                            """)
                        .with("tenantId", site.tenantId)
                        .with("id", device.id()),
                    String.class))
        .orElseThrow();
  }
}
