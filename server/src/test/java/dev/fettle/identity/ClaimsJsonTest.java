package dev.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whose token it is, over all combinations of the claims that have a say in it. */
class ClaimsJsonTest {

  private static final List<String> TYPES =
      List.of("", "\"app\"", "\"user\"", "\"device\"", "\"\"", "7", "null", "[\"app\"]");
  private static final List<String> SCOPES = List.of("", "\"\"", "\"Scoped.One\"");
  private static final List<String> ROLES = List.of("", "[\"Role.One\"]");
  private static final List<String> SUBJECTS = List.of("\"app-1\"", "\"u-1\"");

  static Stream<ObjectNode> every() {
    return TYPES.stream()
        .flatMap(
            type ->
                SCOPES.stream()
                    .flatMap(
                        scp ->
                            SCOPES.stream()
                                .flatMap(
                                    scope ->
                                        ROLES.stream()
                                            .flatMap(
                                                roles ->
                                                    SUBJECTS.stream()
                                                        .map(
                                                            sub ->
                                                                claims(
                                                                    type, scp, scope, roles,
                                                                    sub))))));
  }

  private static ObjectNode claims(
      String type, String scp, String scope, String roles, String sub) {
    ObjectNode claims = Json.object().put("appid", "app-1");
    set(claims, "idtyp", type);
    set(claims, "scp", scp);
    set(claims, "scope", scope);
    set(claims, "roles", roles);
    set(claims, "sub", sub);
    return claims;
  }

  private static void set(ObjectNode claims, String name, String json) {
    if (!json.isEmpty()) {
      claims.set(name, Json.readTrusted(json));
    }
  }

  private static Optional<Claims> read(JsonNode claims) {
    try {
      return Optional.of(ClaimsJson.read(claims));
    } catch (Refusal refusal) {
      assertThat(refusal.reason()).isInstanceOf(Reason.Unauthenticated.class);
      assertThat(refusal.reason().message()).contains("It cannot be told whose token it is: '");
      return Optional.empty();
    }
  }

  /** An app by {@code idtyp} with scopes of a user alone had these as its own. */
  @ParameterizedTest
  @MethodSource("every")
  void a_token_is_whose_it_says_and_has_no_more_rights_than_either_reading(ObjectNode claims) {
    Optional<Claims> read = read(claims);

    String type = claims.path("idtyp").asString("");
    boolean ofApp = claims.path("sub").asString().equals("app-1");
    if (claims.has("idtyp")) {
      boolean agrees =
          (type.equals("app") && !claims.has("scp")) || (type.equals("user") && !ofApp);
      assertThat(read.isPresent()).isEqualTo(agrees);
      read.ifPresent(
          token ->
              assertThat(token.kind())
                  .isEqualTo(type.equals("app") ? Caller.Kind.APPLICATION : Caller.Kind.DELEGATED));
    } else {
      assertThat(read).isPresent();
    }
    read.ifPresent(
        token -> {
          boolean app = token.kind() == Caller.Kind.APPLICATION;
          if (!app || !claims.has("roles")) {
            assertThat(token.permissions()).doesNotContain("Role.One");
          }
          if (app && !ofApp) {
            assertThat(token.permissions()).doesNotContain("Scoped.One");
          }
          assertThat(Set.of("Role.One", "Scoped.One")).containsAll(token.permissions());
        });
  }
}
