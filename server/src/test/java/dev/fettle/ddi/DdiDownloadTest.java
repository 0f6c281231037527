package dev.fettle.ddi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.ddi.DdiFixture.Known;
import dev.fettle.json.Json;
import dev.fettle.support.WithPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@WithPostgres
final class DdiDownloadTest {
  private static final byte[] FILE = bytes();

  private final Db db;
  private final DdiFixture site;
  private final Known device;
  private String operation = "";
  private String link = "";
  private String url = "";
  private JsonNode artifact = Json.object();

  DdiDownloadTest(Db db, @TempDir Path folder) throws IOException {
    this.db = db;
    this.site = new DdiFixture(db, folder, DdiSettings.standard());
    this.device = site.device("panel-17");
  }

  @BeforeEach
  void offer() throws Exception {
    site.release("2.0", FILE, "fw ü+1.swu");
    operation = site.update(device, "2.0");
    link = site.link(device, "deploymentBase");
    artifact = site.artifact(device, link);
    url = artifact.path("_links").path("download").path("href").asString();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void a_whole_file_comes_with_its_tag_its_date_and_its_length() throws Exception {
    HttpResponse<byte[]> response = site.get(device, url);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(FILE);
    assertThat(header(response, "Content-Type")).isEqualTo("application/octet-stream");
    assertThat(header(response, "Content-Length")).isEqualTo(Integer.toString(FILE.length));
    assertThat(header(response, "Accept-Ranges")).isEqualTo("bytes");
    assertThat(header(response, "Content-Disposition")).startsWith("attachment;");
    assertThat(header(response, "ETag"))
        .isEqualTo("\"" + artifact.path("hashes").path("sha1").asString() + "\"");
    assertThat(header(response, "Last-Modified")).isEqualTo("Mon, 15 Jun 2026 12:00:00 GMT");
  }

  @Test
  void head_tells_the_same_without_the_file_and_is_no_download() throws Exception {
    HttpResponse<byte[]> response = site.send("HEAD", url, "TargetToken " + device.token(), null);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Length")).isEqualTo(Integer.toString(FILE.length));
    assertThat(response.body()).isEmpty();
    HttpResponse<byte[]> ranged =
        site.send("HEAD", url, "TargetToken " + device.token(), null, "Range", "bytes=5-");
    assertThat(ranged.statusCode()).isEqualTo(200);
    assertThat(header(ranged, "Content-Length")).isEqualTo(Integer.toString(FILE.length));
    site.send("HEAD", url, "TargetToken " + device.token(), null, "If-None-Match", "*");
    site.report(device, link, "closed", "success");
    assertThat(site.operation(operation)).startsWith("failed|fileNotFetched|");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0,0,0",
    "bytes=10-19,10,19",
    "bytes=299990-,299990,299999",
    "bytes=-5,299995,299999",
    "bytes=-999999,0,299999",
    "bytes=299999-999999,299999,299999",
    "bytes=0-,0,299999",
    "Bytes=0-9,0,9"
  })
  void one_range_is_206(String range, int first, int last) throws Exception {
    HttpResponse<byte[]> response = site.get(device, url, "Range", range);

    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(header(response, "Content-Range"))
        .isEqualTo("bytes " + first + "-" + last + "/" + FILE.length);
    assertThat(response.body()).isEqualTo(Arrays.copyOfRange(FILE, first, last + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=300000-", "bytes=300000-300010", "bytes=-0", "bytes=400000-,-0"})
  void a_range_outside_the_file_is_416(String range) throws Exception {
    HttpResponse<byte[]> response = site.get(device, url, "Range", range);

    assertThat(response.statusCode()).isEqualTo(416);
    assertThat(header(response, "Content-Range")).isEqualTo("bytes */300000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=",
        "bytes=a-b",
        "bytes=5-1",
        "lines=1-2",
        "bytes=-",
        "bytes=1-2,x",
        "bytes=0-,0-,0-",
        "bytes=1-,1-10"
      })
  void a_range_that_is_none_gives_the_whole_file(String range) throws Exception {
    assertThat(site.get(device, url, "Range", range).statusCode()).isEqualTo(200);
  }

  /**
   * RAUC with resumed downloads keeps a file whose installation failed, asks for the rest of it,
   * takes 416 for "that was all" and installs. Its success was not believed, since the server had
   * sent it nothing.
   */
  @Test
  void a_device_that_asks_for_what_follows_the_last_byte_has_the_file() throws Exception {
    assertThat(site.get(device, url, "Range", "bytes=300000-").statusCode()).isEqualTo(416);
    site.report(device, link, "closed", "success");
    assertThat(site.operation(operation)).startsWith("succeeded|");
  }

  @Test
  void a_range_far_behind_the_last_byte_is_no_download() throws Exception {
    assertThat(site.get(device, url, "Range", "bytes=300001-").statusCode()).isEqualTo(416);
    site.report(device, link, "closed", "success");
    assertThat(site.operation(operation)).startsWith("failed|fileNotFetched|");
  }

  @Test
  void several_ranges_come_as_parts() throws Exception {
    HttpResponse<byte[]> response = site.get(device, url, "Range", "bytes=0-1,100-109,-3");

    assertThat(response.statusCode()).isEqualTo(206);
    String type = header(response, "Content-Type");
    assertThat(type).startsWith("multipart/byteranges; boundary=");
    String boundary = type.substring(type.indexOf('=') + 1);
    String text = new String(response.body(), StandardCharsets.ISO_8859_1);
    String[] parts = text.split("\r\n--" + boundary, -1);
    assertThat(parts).hasSize(5);
    assertThat(parts[2])
        .contains("Content-Range: bytes 100-109/300000")
        .endsWith(
            "\r\n\r\n"
                + new String(Arrays.copyOfRange(FILE, 100, 110), StandardCharsets.ISO_8859_1));
    assertThat(parts[4]).isEqualTo("--\r\n");
    assertThat(header(response, "Content-Length"))
        .isEqualTo(Integer.toString(response.body().length));
  }

  @Test
  void if_range_gives_the_rest_for_the_same_file_and_all_of_another() throws Exception {
    String tag = header(site.get(device, url), "ETag");
    String date = "Mon, 15 Jun 2026 12:00:00 GMT";

    assertThat(status("If-Range", tag)).isEqualTo(206);
    assertThat(status("If-Range", date)).isEqualTo(206);
    assertThat(status("If-Range", "\"other\"")).isEqualTo(200);
    assertThat(status("If-Range", "Mon, 15 Jun 2026 11:00:00 GMT")).isEqualTo(200);
    assertThat(status("If-Range", "W/" + tag)).isEqualTo(200);
  }

  @Test
  void if_match_takes_the_tag_as_served() throws Exception {
    String tag = header(site.get(device, url), "ETag");

    assertThat(status("If-Match", tag)).isEqualTo(206);
    assertThat(status("If-Match", tag.replace("\"", ""))).isEqualTo(206);
    assertThat(status("If-Match", "*")).isEqualTo(206);
    assertThat(status("If-Match", "\"x\", " + tag)).isEqualTo(206);
    assertThat(status("If-Match", "\"x\"")).isEqualTo(412);
  }

  @Test
  void a_device_that_has_the_file_is_told_so_if_it_asks() throws Exception {
    String tag = header(site.get(device, url), "ETag");

    assertThat(status("If-None-Match", tag)).isEqualTo(304);
    assertThat(status("If-None-Match", "W/" + tag)).isEqualTo(304);
    assertThat(status("If-None-Match", "\"x\", " + tag)).isEqualTo(304);
    assertThat(status("If-None-Match", "\"x\"")).isEqualTo(206);
  }

  @Test
  void the_md5_sum_is_a_line_of_text() throws Exception {
    HttpResponse<byte[]> response =
        site.get(device, artifact.path("_links").path("md5sum").path("href").asString());

    assertThat(DdiFixture.text(response))
        .isEqualTo(artifact.path("hashes").path("md5").asString() + "  fw ü+1.swu\n");
    assertThat(header(response, "Content-Type")).startsWith("text/plain");
  }

  @Test
  void the_files_of_a_module_are_listed() throws Exception {
    String list = url.substring(0, url.lastIndexOf('/'));

    assertThat(site.json(site.get(device, list)).get(0).path("filename").asString())
        .isEqualTo("fw ü+1.swu");
  }

  @Test
  void a_file_is_not_for_a_device_without_an_action_on_it() throws Exception {
    Known other = site.device("panel-18");
    String forged = url.replace("/panel-17/", "/panel-18/");

    assertThat(site.get(other, url).statusCode()).isEqualTo(401);
    assertThat(site.get(other, forged).statusCode()).isEqualTo(404);
    assertThat(site.send("GET", url, null, null).statusCode()).isEqualTo(401);
  }

  @Test
  void a_file_is_not_for_a_device_whose_action_failed_or_is_being_cancelled() throws Exception {
    site.operations.cancel(site.admin, device.id(), operation);
    assertThat(site.get(device, url).statusCode()).isEqualTo(404);

    site.post(
        device,
        link.replace("deploymentBase", "cancelAction") + "/feedback",
        DdiFixture.feedback("closed", "success"));

    assertThat(site.get(device, url).statusCode()).isEqualTo(404);
  }

  /** One that installs while it reads asks for thousands of pieces, each a request of its own. */
  @Test
  void a_piece_of_a_file_that_was_just_offered_asks_the_database_for_nothing() throws Exception {
    long before = db.statements();

    assertThat(site.get(device, url, "Range", "bytes=0-9").statusCode()).isEqualTo(206);
    assertThat(site.get(device, url, "Range", "bytes=10-19").statusCode()).isEqualTo(206);

    assertThat(db.statements() - before).isZero();
  }

  private int status(String condition, String value) throws Exception {
    return site.get(device, url, "Range", "bytes=5-", condition, value).statusCode();
  }

  private static String header(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static byte[] bytes() {
    byte[] bytes = new byte[300_000];
    new Random(3).nextBytes(bytes);
    return bytes;
  }
}
