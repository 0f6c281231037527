package dev.fettle.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.ddi.DdiSite.Known;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rauc-hawkbit-updater 1.3 and 1.4 were seen to do, and what they made of the answers. */
@WithPostgres
final class RaucTest {
  private static final String RAUC = "rauc-hawkbit-c-agent/1.0";

  private final DdiSite site;
  private final Known device;

  RaucTest(Db db, @TempDir Path folder) throws IOException {
    this.site = new DdiSite(db, folder, DdiSettings.standard());
    this.device = site.device("panel-17");
  }

  @AfterEach
  void stop() {
    site.close();
  }

  /**
   * Its last report says no more than that it failed; why is in the note before. An administrator
   * saw the former only.
   */
  @Test
  void a_failure_names_the_cause_that_was_noted_before_it() throws Exception {
    site.stock();
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    report(link, "proceeding", "none", "LastError: Compatible mismatch: Expected 'a', found 'b'");
    report(link, "proceeding", "none", "LastError: Failed updating slot rootfs.0");
    report(link, "proceeding", "none", "100% Installing failed.");

    report(link, "closed", "failure", "Failed to install software bundle.");

    assertThat(site.operation(operation))
        .isEqualTo(
            "failed|failedOnDevice|Failed to install software bundle.\n"
                + "LastError: Failed updating slot rootfs.0");
  }

  @Test
  void a_cause_that_the_failure_names_itself_is_not_said_twice() throws Exception {
    site.stock();
    String operation = site.update(device, "2.0");
    String link = site.fetched(device);
    report(link, "proceeding", "none", "LastError: no room");

    report(link, "closed", "failure", "LastError: no room");

    assertThat(site.operation(operation)).isEqualTo("failed|failedOnDevice|LastError: no room");
  }

  private HttpResponse<byte[]> report(
      String link, String execution, String finished, String... details) throws Exception {
    return send("POST", link + "/feedback", DdiSite.feedback(execution, finished, details));
  }

  private HttpResponse<byte[]> send(String method, String url, String body) throws Exception {
    return site.send(
        method,
        url,
        "TargetToken " + device.token(),
        body,
        "User-Agent",
        RAUC,
        "Accept",
        "application/json;charset=UTF-8",
        "Content-Type",
        "application/json;charset=UTF-8");
  }
}
