package dev.fettle.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.json.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class IntuneErrorsTest {

  @Test
  void message_has_the_recorded_members_order_and_line_ends() {
    String message =
        IntuneErrors.message(
            "An error has occurred",
            "36d08b49-0000-4064-adb1-ee88213899fb",
            "https://fettle.example/v1.0/deviceAppManagement/vppTokens",
            null);

    assertThat(message)
        .isEqualTo(
            """
            {
              "_version": 3,
              "Message": "An error has occurred - Operation ID (for customer support): \
            00000000-0000-0000-0000-000000000000 - Activity ID: \
            36d08b49-0000-4064-adb1-ee88213899fb - Url: \
            https://fettle.example/v1.0/deviceAppManagement/vppTokens?api-version=5026-01-01",
              "CustomApiErrorPhrase": "",
              "RetryAfter": null,
              "ErrorSourceService": "",
              "HttpHeaders": "{}"
            }\
            """
                .replace("\n", "\r\n"));
  }

  @Test
  void words_with_quotes_and_line_ends_stay_one_json_string() {
    JsonNode inner =
        Json.readTrusted(
            IntuneErrors.message("not \"a\"\r\ntoken \\", "id", "u", Duration.ofSeconds(7)));

    assertThat(inner.get("Message").asString()).startsWith("not \"a\"\r\ntoken \\ - Operation ID");
    assertThat(inner.get("RetryAfter").asInt()).isEqualTo(7);
  }

  @Test
  void a_missing_scope_names_those_that_would_do() {
    assertThat(IntuneErrors.notAuthorized(List.of("A", "B")))
        .isEqualTo(
            "Application is not authorized to perform this operation. Application must have one of"
                + " the following scopes: A, B");
  }
}
