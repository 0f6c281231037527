package dev.fettle.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class BindAnnotationTest {

  private static final String ID = "5b649834-7412-4cce-9e69-176e95a394f5";

  @Test
  void the_forms_that_clients_write_name_the_same_entity() {
    for (String url :
        List.of(
            "https://graph.microsoft.com/v1.0/users/" + ID,
            "https://graph.microsoft.com/beta/users('" + ID + "')",
            "HTTPS://GRAPH.MICROSOFT.COM/V1.0/USERS('" + ID.toUpperCase() + "')",
            "http://localhost:8080/v1.0/users/" + ID + "/",
            "https://graph.microsoft.com/v1.0/users(" + ID + ")",
            "/users/" + ID,
            "users/" + ID)) {
      assertThat(key(url)).as(url).contains(ID);
    }
    assertThat(key("https://graph.microsoft.com/v1.0/users/megan%40contoso.example"))
        .contains("megan@contoso.example");
  }

  /** A key in quotes has its own quotes doubled; o'brien could not be made a member. */
  @Test
  void a_doubled_quote_of_a_key_in_parentheses_stands_for_one() {
    assertThat(key("users('o''brien@contoso.example')")).contains("o'brien@contoso.example");
    assertThat(key("users/o'brien@contoso.example")).contains("o'brien@contoso.example");
    assertThat(refused("users('o'brien@contoso.example')")).contains("user@odata.bind");
  }

  /** Names of a body are found in any letter case; those of annotations were not. */
  @Test
  void the_annotation_is_found_in_any_letter_case_and_once() {
    ObjectNode body = Json.object().put("User@OData.Bind", "users/" + ID);
    assertThat(BindAnnotation.key(body, "user", "users")).contains(ID);

    body.put("user@odata.bind", "users/" + ID);
    assertThat(catchThrowableOfType(Refusal.class, () -> BindAnnotation.key(body, "user", "users")))
        .hasMessageContaining("given twice");
  }

  /** A number for a URL ended in a 500, since the schema says nothing of annotations. */
  @Test
  void whatever_is_no_url_of_such_an_entity_is_refused_with_the_annotation_as_target() {
    for (String json :
        List.of(
            "5",
            "true",
            "{}",
            "[]",
            "\"\"",
            "\"users/\"",
            "\"users('')\"",
            "\"users/\\u0000\"",
            "\"users/\\ud800\"",
            "\"teams/" + ID + "\"",
            "\"myusers/" + ID + "\"",
            "\"users/" + ID + "?a=b\"",
            "\"users/" + ID + "#x\"",
            "\"https://graph.microsoft.com/v1.0/me\"")) {
      ObjectNode body = (ObjectNode) Json.readTrusted("{\"user@odata.bind\":" + json + "}");
      Refusal refusal =
          catchThrowableOfType(Refusal.class, () -> BindAnnotation.key(body, "user", "users"));
      assertThat(refusal).as(json).isNotNull();
      assertThat(refusal.reason())
          .isInstanceOfSatisfying(
              Reason.Invalid.class,
              invalid -> assertThat(invalid.target()).isEqualTo("user@odata.bind"));
    }
    assertThat(BindAnnotation.key(Json.object().putNull("user@odata.bind"), "user", "users"))
        .isEmpty();
    assertThat(BindAnnotation.key(Json.object(), "user", "users")).isEmpty();
  }

  private static Optional<String> key(String url) {
    return BindAnnotation.key(Json.object().put("user@odata.bind", url), "user", "users");
  }

  private static String refused(String url) {
    return catchThrowableOfType(Refusal.class, () -> key(url)).reason().message();
  }
}
