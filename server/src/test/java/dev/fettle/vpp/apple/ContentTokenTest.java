package dev.fettle.vpp.apple;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentTokenTest {

  /** The example of Apple's documentation, pretty-printed inside. */
  private static final String APPLES_EXAMPLE =
      base64(
          """
          {
              "token": "VFdwQmVVMVRRWFJKUldSNVdsZGpjMGxHU25Cak1taG9aR2wz",
              "expDate": "2030-11-08T22:33:22+0000",
              "orgName": "ORG12345"
          }
          """);

  @Test
  void apples_own_example_is_read() {
    ContentToken token = ContentToken.parse("  \r\n" + APPLES_EXAMPLE + "\n");

    assertThat(token.expires()).isEqualTo(Instant.parse("2030-11-08T22:33:22Z"));
    assertThat(token.organizationName()).isEqualTo("ORG12345");
    assertThat(token.reveal()).isEqualTo(APPLES_EXAMPLE);
  }

  @ParameterizedTest
  @CsvSource({
    "2014-08-15T18:13:52-0700, 2014-08-16T01:13:52Z",
    "2030-11-08T22:33:22Z, 2030-11-08T22:33:22Z",
    "2030-11-08T22:33:22+00:00, 2030-11-08T22:33:22Z",
    "2030-11-08T22:33:22.000+0200, 2030-11-08T20:33:22Z"
  })
  void every_seen_form_of_the_date_is_read(String date, Instant instant) {
    assertThat(ContentToken.parse(content("t", date, "o")).expires()).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "Token value",
        "bm90IGpzb24=",
        "W10=",
        "e30=",
        "eyJ0b2tlbiI6InQifQ==",
        "%%%",
      })
  void anything_else_is_refused_and_never_repeated(String text) {
    assertThatThrownBy(() -> ContentToken.parse(text))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("'token'");
    assertThat(ContentToken.read(text)).isEmpty();
  }

  @Test
  void an_organisation_with_an_endless_name_is_refused() {
    String text = content("t", "2030-11-08T22:33:22+0000", "o".repeat(1_025));

    assertThatThrownBy(() -> ContentToken.parse(text))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("orgName");
  }

  /** The last hours of the year 9999 far in the west were stored as an end in the year 0. */
  @ParameterizedTest
  @ValueSource(strings = {"9999-12-31T23:59:59-0700", "0001-01-01T00:00:00+0700"})
  void an_end_that_graph_has_no_date_for_is_refused(String date) {
    assertThatThrownBy(() -> ContentToken.parse(content("t", date, "o")))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("expDate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\u0000b", "a\\ud83d"})
  void an_organisation_with_what_text_cannot_have_is_refused(String name) {
    assertThatThrownBy(() -> ContentToken.parse(content("t", "2030-11-08T22:33:22+0000", name)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("orgName");
  }

  @Test
  void a_refusal_holds_nothing_of_the_secret() {
    String text = base64("{\"token\":\"verysecret\",\"expDate\":\"never\",\"orgName\":\"o\"}");

    assertThatThrownBy(() -> ContentToken.parse(text))
        .hasMessageContaining("expDate")
        .message()
        .doesNotContain("verysecret", text);
  }

  @Test
  void printing_a_token_shows_nothing_of_the_secret() {
    ContentToken token = ContentToken.parse(APPLES_EXAMPLE);

    assertThat(token.toString()).isEqualTo("content token that expires 2030-11-08T22:33:22Z");
    assertThat(token.sameAs(APPLES_EXAMPLE)).isTrue();
    assertThat(token.sameAs("other")).isFalse();
  }

  private static String content(String token, String date, String organization) {
    return base64(
        "{\"token\":\"%s\",\"expDate\":\"%s\",\"orgName\":\"%s\"}"
            .formatted(token, date, organization));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
