package dev.fettle.updates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.db.Db;
import dev.fettle.http.Headers;
import dev.fettle.json.Json;
import dev.fettle.support.InProcess.Answer;
import dev.fettle.support.WithPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The two documented words for success, and how a client asks for the one that it waits for. */
@WithPostgres
class OperationStatusWordTest {

  private static final String LIST =
      "/beta/teamwork/devices/" + SeededServer.DEVICE + "/operations";
  private static final String ONE = LIST + "/eab261f8-61f8-eab2-f861-b2eaf861b2ea";
  private static final String RESOURCE_PAGE = "fettle.operation-status=resource-page";

  private final SeededServer seeded;

  OperationStatusWordTest(Db db, @TempDir Path data) {
    this.seeded = new SeededServer(db, data);
  }

  @AfterEach
  void close() {
    seeded.close();
  }

  private Answer get(String target, String prefer) {
    return seeded.server.send(
        "GET",
        target,
        Headers.of("Authorization", SeededServer.READER, "Prefer", prefer),
        new byte[0]);
  }

  @ParameterizedTest(name = "Prefer: {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fettle.operation-status=resource-page                                | successful
          Fettle.Operation-Status = "Resource-Page"; x=1                       | successful
          return=minimal,fettle.operation-status=resource-page                 | successful
          fettle.operation-status=resource-page, fettle.operation-status=other | successful
          fettle.operation-status=action-page                                  | succeeded
          fettle.operation-status=other                                        | succeeded
          fettle.operation-status                                              | succeeded
          """)
  void a_state_is_spelt_as_the_caller_prefers_wherever_it_is_read(String prefer, String word) {
    assertThat(get(ONE, prefer).json().path("status").asString()).isEqualTo(word);
    assertThat(get(ONE + "?$select=status", prefer).json().path("status").asString())
        .isEqualTo(word);
    assertThat(get(LIST, prefer).json().at("/value/0/status").asString()).isEqualTo(word);
  }

  @Test
  void an_answer_says_which_preferences_it_follows() {
    assertThat(get(ONE, RESOURCE_PAGE).headers().all("Preference-Applied"))
        .containsExactly(RESOURCE_PAGE);
    assertThat(
            get(LIST, "odata.maxpagesize=5, " + RESOURCE_PAGE).headers().all("Preference-Applied"))
        .containsExactly("odata.maxpagesize=5, " + RESOURCE_PAGE);
    assertThat(get(ONE, "fettle.operation-status=other").headers().all("Preference-Applied"))
        .isEmpty();
  }

  @Test
  void each_part_of_a_batch_is_spelt_as_it_prefers_itself() {
    JsonNode answer =
        seeded
            .server
            .send(
                "POST",
                "/beta/$batch",
                Headers.of(
                    "Authorization", SeededServer.READER, "Content-Type", "application/json"),
                """
                {"requests":[
                  {"id":"1","method":"GET","url":"%1$s","headers":{"Prefer":"%2$s"}},
                  {"id":"2","method":"GET","url":"%1$s"}]}
                """
                    .formatted(ONE.substring("/beta".length()), RESOURCE_PAGE)
                    .getBytes(UTF_8))
            .json();
    assertThat(answer.at("/responses/0/body/status").asString())
        .as(Json.text(answer))
        .isEqualTo("successful");
    assertThat(answer.at("/responses/0/headers/Preference-Applied").asString())
        .isEqualTo(RESOURCE_PAGE);
    assertThat(answer.at("/responses/1/body/status").asString()).isEqualTo("succeeded");
  }
}
