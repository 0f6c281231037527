package dev.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import dev.fettle.support.FakeIssuer;
import dev.fettle.support.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class TokenVerifierTest {

  private static final String TENANT = "6f1e77ae-0000-4000-8000-000000000001";
  private static final String OTHER_TENANT = "6f1e77ae-0000-4000-8000-000000000002";
  private static final String INVALID = "InvalidAuthenticationToken";

  private final TestClock clock = new TestClock();
  private final FakeIssuer provider = new FakeIssuer("/realm");
  private final ECKey key = provider.publish(FakeIssuer.elliptic("first"));
  private @Nullable TokenVerifier verifier;

  @AfterEach
  void close() {
    provider.close();
    if (verifier != null) {
      verifier.close();
    }
  }

  @Test
  void an_app_token_names_an_app_with_its_roles() {
    Caller caller = trusting(forTenant()).authenticate("Bearer " + token(appClaims()));

    assertThat(caller)
        .isEqualTo(
            new Caller(
                TENANT,
                Caller.Kind.APPLICATION,
                "app-1",
                "Updater",
                null,
                null,
                Set.of("TeamworkDevice.Read.All")));
  }

  @Test
  void a_user_token_names_the_user_and_only_its_scopes_count() {
    ObjectNode claims =
        appClaims()
            .put("scp", "TeamworkDevice.ReadWrite.All User.Read")
            .put("upn", "megan@contoso.example")
            .put("oid", "5b649834-7412-4cce-9e69-176e95a394f5");
    claims.remove("idtyp");

    Caller caller = trusting(forTenant()).authenticate("bearer " + token(claims));

    assertThat(caller.kind()).isEqualTo(Caller.Kind.DELEGATED);
    assertThat(caller.userId()).isEqualTo("5b649834-7412-4cce-9e69-176e95a394f5");
    assertThat(caller.userName()).isEqualTo("megan@contoso.example");
    assertThat(caller.permissions())
        .containsExactlyInAnyOrder("TeamworkDevice.ReadWrite.All", "User.Read");
  }

  @Test
  void an_rsa_key_signs_as_well() {
    RSAKey rsa = provider.publish(FakeIssuer.rsa("big"));

    assertThat(
            trusting(forTenant())
                .authenticate("Bearer " + FakeIssuer.sign(rsa, appClaims()))
                .appId())
        .isEqualTo("app-1");
  }

  @Test
  void tokens_of_keycloak_work_without_claims_of_microsoft() {
    ObjectNode claims =
        Json.object()
            .put("iss", provider.name())
            .put("exp", in(Duration.ofMinutes(5)))
            .put("azp", "updater")
            .put("sub", "d0f2c6a4-1111-4222-8333-944444444444")
            .put("preferred_username", "service-account-updater")
            .put("scope", "profile TeamworkDevice.Read.All");
    claims.putArray("aud").add("account").add("https://graph.microsoft.com/");
    claims.putObject("realm_access").putArray("roles").add("Chat.Manage.Chat");

    Caller caller = trusting(forTenant()).authenticate("Bearer " + token(claims));

    assertThat(caller.kind()).isEqualTo(Caller.Kind.APPLICATION);
    assertThat(caller.tenantId()).isEqualTo(TENANT);
    assertThat(caller.permissions())
        .containsExactlyInAnyOrder("profile", "TeamworkDevice.Read.All", "Chat.Manage.Chat");
  }

  @Test
  void the_roles_of_a_user_never_count_as_those_of_an_app() {
    TokenVerifier trusting = trusting(forTenant());
    ObjectNode scoped = appClaims().put("scp", "User.Read");
    ObjectNode empty = appClaims().put("scp", "");
    ObjectNode keycloak = appClaims().put("scope", "openid profile").put("sub", "u-1");
    ObjectNode marked = appClaims().put("idtyp", "user");
    for (ObjectNode claims : List.of(scoped, empty, keycloak)) {
      claims.remove("idtyp");
    }

    for (ObjectNode claims : List.of(scoped, empty, keycloak, marked)) {
      Caller caller = trusting.authenticate("Bearer " + token(claims));
      assertThat(caller.kind()).as("%s", claims).isEqualTo(Caller.Kind.DELEGATED);
      assertThat(caller.permissions()).doesNotContain("TeamworkDevice.Read.All");
    }
  }

  @Test
  void an_app_of_another_provider_is_known_by_its_subject() {
    TokenVerifier trusting = trusting(forTenant());
    for (String subject : List.of("app-1", "app-1@clients")) {
      ObjectNode claims =
          Json.object()
              .put("iss", provider.name())
              .put("exp", in(Duration.ofMinutes(5)))
              .put("aud", "api://fettle")
              .put("azp", "app-1")
              .put("sub", subject)
              .put("scope", "TeamworkDevice.Read.All");

      Caller caller = trusting.authenticate("Bearer " + token(claims));

      assertThat(caller.kind()).isEqualTo(Caller.Kind.APPLICATION);
      assertThat(caller.permissions()).containsExactly("TeamworkDevice.Read.All");
    }
  }

  @Test
  void no_token_is_told_with_a_hint_for_the_sdks() {
    TokenVerifier trusting = trusting(forTenant());

    for (String header : new String[] {null, "", "  ", "Bearer", "Bearer   "}) {
      assertThat(refusal(trusting, header).message())
          .as("header %s", header)
          .startsWith("Access token is empty.")
          .contains("allowedHosts");
    }
    assertThat(refusal(trusting, "Basic YTpi").message())
        .startsWith("Access token is empty.")
        .contains("Bearer <token>");
    assertThat(refusal(trusting, "BearerX abc").code()).isEqualTo(INVALID);
  }

  @Test
  void what_is_not_a_jwt_is_told_so() {
    TokenVerifier trusting = trusting(forTenant());
    String header = encode("{\"alg\":\"RS256\"}");
    for (String token :
        List.of(
            "abc",
            "a.b",
            "a.b.c",
            "..",
            "a.b.c.d.e",
            header + ".." + "c2ln",
            header + "." + encode("[]") + ".c2ln",
            header + "." + encode("null") + ".c2ln",
            header + "." + encode("{\"iss\":\"a\",\"iss\":\"b\"}") + ".c2ln",
            header + "." + encode("[".repeat(5000)) + ".c2ln",
            encode("{\"alg\":\"RS256\",\"kid\":7}") + "." + encode("{}") + ".c2ln",
            encode("{\"alg\":\"RS256\",\"kid\":\"" + "k".repeat(300) + "\"}")
                + "."
                + encode("{}")
                + ".c2ln",
            encode("{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}")
                + "."
                + encode("{}")
                + ".c2ln",
            "é.ü.ß",
            "x".repeat(100_000))) {
      assertThat(refusal(trusting, "Bearer " + token).message())
          .as("token %.60s", token)
          .startsWith("IDX14100: JWT is not well formed");
    }
    assertThat(provider.keysAsked()).isZero();
  }

  /** Padding and stray bits were passed over, so one token had many forms. */
  @Test
  void a_token_has_one_form() {
    TokenVerifier trusting = trusting(forTenant());
    String good = token(appClaims());
    assertThat(trusting.authenticate("Bearer " + good).appId()).isEqualTo("app-1");
    String[] parts = good.split("\\.", -1);
    for (int part = 0; part < 3; part++) {
      for (String junk : List.of("=", "==", " ", "\t", " x", "\r\n", "+", "/", "%3D", "A", ".")) {
        String[] changed = parts.clone();
        changed[part] += junk;
        String token = String.join(".", changed) + (part == 2 && junk.isBlank() ? "x" : "");
        assertThat(refusal(trusting, "Bearer " + token).code())
            .as("'%s' after part %d", junk, part + 1)
            .isEqualTo(INVALID);
      }
    }
    assertThat(refusal(trusting, "Bearer " + good + "==").message()).isEqualTo(TokenRules.BAD_PART);
    assertThat(refusal(trusting, "Bearer " + good + ".c2ln").message())
        .isEqualTo(TokenRules.MALFORMED);
    // 64 bytes leave four bits of the last letter unused.
    char last = parts[2].charAt(85);
    assertThat(parts[2]).hasSize(86).matches(".*[AQgw]");
    assertThat(
            refusal(trusting, "Bearer " + good.substring(0, good.length() - 1) + (char) (last + 1))
                .message())
        .isEqualTo(TokenRules.BAD_PART);
  }

  @Test
  void who_has_no_token_is_sent_to_the_first_trusted_issuer_or_else_to_this_server() {
    assertThat(trusting(forTenant()).authority("https://fettle.example"))
        .isEqualTo(provider.name());
    try (TokenVerifier many =
            new TokenVerifier(
                List.of(
                    new TrustedIssuer(
                        "https://login.example/{tenantid}/v2.0", null, Set.of(), null, Set.of())),
                Set.of(),
                null,
                TENANT::equals,
                clock);
        TokenVerifier alone = new TokenVerifier(List.of(), Set.of(), null, TENANT::equals, clock)) {
      assertThat(many.authority("https://fettle.example"))
          .isEqualTo("https://login.example/common/v2.0");
      assertThat(alone.authority("https://fettle.example"))
          .isEqualTo("https://fettle.example/common/oauth2/authorize");
    }
  }

  @Test
  void a_token_counts_from_nbf_to_exp_and_not_longer_than_the_skew() {
    TokenVerifier trusting = trusting(forTenant());
    ObjectNode claims = appClaims().put("nbf", in(Duration.ofSeconds(90)));
    String token = "Bearer " + token(claims);

    assertThat(refusal(trusting, token).message())
        .isEqualTo("Access token has expired or is not yet valid.");
    clock.advance(Duration.ofSeconds(31));
    assertThat(trusting.authenticate(token).appId()).isEqualTo("app-1");
    clock.advance(Duration.ofMinutes(60).plusSeconds(28));
    assertThat(trusting.authenticate(token).appId()).isEqualTo("app-1");
    clock.advance(Duration.ofSeconds(2));
    assertThat(refusal(trusting, token).message())
        .isEqualTo("Lifetime validation failed, the token is expired.");
  }

  @Test
  void a_token_with_an_illegible_beginning_is_refused() {
    TokenVerifier trusting = trusting(forTenant());
    for (ObjectNode claims :
        List.of(
            appClaims().put("nbf", "2099-01-01"),
            appClaims().putNull("nbf"),
            appClaims().put("nbf", 1e300))) {
      assertThat(refusal(trusting, "Bearer " + token(claims)).message())
          .isEqualTo("Access token has expired or is not yet valid.");
    }
  }

  @Test
  void lists_in_a_token_are_arrays_and_nothing_else() {
    TokenVerifier trusting = trusting(forTenant());
    ObjectNode audience = appClaims();
    audience.putObject("aud").put("x", "https://graph.microsoft.com");
    ObjectNode roles = appClaims();
    roles.putObject("roles").put("x", "TeamworkDevice.Read.All");

    assertThat(refusal(trusting, "Bearer " + token(audience)).message())
        .isEqualTo("Access token validation failure. Invalid audience.");
    assertThat(trusting.authenticate("Bearer " + token(roles)).permissions()).isEmpty();
  }

  @Test
  void a_token_without_a_usable_end_is_refused() {
    TokenVerifier trusting = trusting(forTenant());
    ObjectNode without = appClaims();
    without.remove("exp");

    for (ObjectNode claims :
        List.of(
            without,
            appClaims().put("exp", "2099-01-01"),
            appClaims().put("exp", -5),
            appClaims().put("exp", 1e300))) {
      assertThat(refusal(trusting, "Bearer " + token(claims)).message())
          .isEqualTo("Access token has expired or is not yet valid.");
    }
  }

  @Test
  void a_token_signed_by_another_key_is_refused_whatever_the_key_is_called() {
    TokenVerifier trusting = trusting(forTenant());

    for (String kid : List.of("first", "unknown", "../first", "first\u0000", "' or 1=1 --")) {
      String token = FakeIssuer.sign(FakeIssuer.elliptic(kid), appClaims());
      assertThat(refusal(trusting, "Bearer " + token).message())
          .isEqualTo("Access token validation failure. Invalid signature.");
    }
  }

  @Test
  void changed_claims_break_the_signature() {
    String[] parts = token(appClaims()).split("\\.");
    ObjectNode more = appClaims();
    more.putArray("roles").add("Everything.ReadWrite.All");

    assertThat(
            refusal(
                    trusting(forTenant()),
                    "Bearer " + parts[0] + "." + encode(Json.text(more)) + "." + parts[2])
                .message())
        .isEqualTo("Access token validation failure. Invalid signature.");
  }

  @Test
  void alg_none_and_hmac_with_the_public_key_are_refused() throws Exception {
    TokenVerifier trusting = trusting(forTenant());
    String payload = encode(Json.text(appClaims()));
    JWSObject hmac =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("big").build(),
            new Payload(Json.bytes(appClaims())));
    RSAKey rsa = provider.publish(FakeIssuer.rsa("big"));
    hmac.sign(new MACSigner(rsa.toRSAPublicKey().getEncoded()));
    JWSObject other =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.PS256).keyID("big").build(),
            new Payload(Json.bytes(appClaims())));
    other.sign(new RSASSASigner(rsa));

    for (String token :
        List.of(
            encode("{\"alg\":\"none\"}") + "." + payload + ".",
            encode("{\"alg\":\"None\",\"kid\":\"first\"}") + "." + payload + ".c2ln",
            hmac.serialize(),
            other.serialize())) {
      assertThat(refusal(trusting, "Bearer " + token).message())
          .startsWith("Access token validation failure. Invalid signature.")
          .contains("RS256 or ES256");
    }
  }

  @Test
  void a_key_that_a_token_brings_along_does_not_count() throws Exception {
    ECKey own = FakeIssuer.elliptic("mine");
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .jwk(own.toPublicJWK())
                .jwkURL(java.net.URI.create(provider.root() + "/mine"))
                .build(),
            new Payload(Json.bytes(appClaims())));
    token.sign(new ECDSASigner(own));

    assertThat(refusal(trusting(forTenant()), "Bearer " + token.serialize()).message())
        .isEqualTo("Access token validation failure. Invalid signature.");
  }

  @Test
  void another_audience_is_refused_and_those_of_all_clouds_are_taken() {
    TokenVerifier trusting = trusting(forTenant());

    for (String audience : List.of("https://vault.azure.net", "", "graph.microsoft.com")) {
      assertThat(refusal(trusting, "Bearer " + token(appClaims().put("aud", audience))).message())
          .isEqualTo("Access token validation failure. Invalid audience.");
    }
    for (String audience :
        List.of(
            "00000003-0000-0000-c000-000000000000",
            "https://graph.microsoft.us",
            "https://dod-graph.microsoft.us/",
            "https://microsoftgraph.chinacloudapi.cn",
            "api://fettle")) {
      assertThat(trusting.authenticate("Bearer " + token(appClaims().put("aud", audience))).appId())
          .isEqualTo("app-1");
    }
  }

  @Test
  void an_issuer_that_is_not_trusted_is_refused_before_anything_is_fetched() {
    ObjectNode none = appClaims();
    none.remove("iss");
    for (ObjectNode claims :
        List.of(
            none,
            appClaims().put("iss", "https://sts.windows.net/" + TENANT + "/"),
            appClaims().put("iss", provider.name() + "/"))) {
      assertThat(refusal(trusting(forTenant()), "Bearer " + token(claims)).message())
          .isEqualTo("Access token validation failure. Invalid issuer.");
    }
    assertThat(provider.keysAsked()).isZero();
  }

  @Test
  void an_issuer_with_a_list_speaks_for_the_tenants_on_it_only() {
    TokenVerifier trusting =
        trusting(new TrustedIssuer(provider.name(), null, Set.of(TENANT), null, Set.of()));

    assertThat(trusting.authenticate("Bearer " + token(appClaims())).tenantId()).isEqualTo(TENANT);
    assertThat(refusal(trusting, "Bearer " + token(appClaims().put("tid", OTHER_TENANT))).message())
        .contains("no tokens of that tenant");
    ObjectNode without = appClaims();
    without.remove("tid");
    assertThat(refusal(trusting, "Bearer " + token(without)).code()).isEqualTo(INVALID);
  }

  @Test
  void a_tenant_that_the_server_does_not_know_is_refused() {
    TokenVerifier trusting =
        trusting(new TrustedIssuer(provider.name(), null, Set.of(OTHER_TENANT), null, Set.of()));

    assertThat(refusal(trusting, "Bearer " + token(appClaims().put("tid", OTHER_TENANT))).message())
        .contains("not known to this server");
  }

  @Test
  void an_issuer_for_many_tenants_must_name_the_tenant_of_the_token() {
    provider.nameItself(provider.root() + "/{tenantid}/v2.0");
    TokenVerifier trusting =
        trusting(
            new TrustedIssuer(
                provider.root() + "/{tenantid}/v2.0", null, Set.of(), null, Set.of()));
    String iss = provider.root() + "/" + TENANT + "/v2.0";

    assertThat(trusting.authenticate("Bearer " + token(appClaims().put("iss", iss))).tenantId())
        .isEqualTo(TENANT);
    assertThat(
            refusal(
                    trusting,
                    "Bearer "
                        + token(
                            appClaims().put("iss", provider.root() + "/" + OTHER_TENANT + "/v2.0")))
                .message())
        .isEqualTo("Access token validation failure. Invalid issuer.");
    assertThat(
            refusal(
                    trusting,
                    "Bearer "
                        + token(
                            appClaims()
                                .put("tid", "x/../" + TENANT)
                                .put("iss", provider.root() + "/x/../" + TENANT + "/v2.0")))
                .code())
        .isEqualTo(INVALID);
  }

  @Test
  void a_key_that_its_issuer_binds_to_one_tenant_does_not_speak_for_another() {
    provider.nameItself(provider.root() + "/{tenantid}/v2.0");
    ECKey bound = FakeIssuer.elliptic("bound");
    provider.publish(
        ((ObjectNode) Json.readTrusted(bound.toPublicJWK().toJSONString()))
            .put("issuer", provider.root() + "/" + OTHER_TENANT + "/v2.0"));
    TokenVerifier trusting =
        trusting(
            new TrustedIssuer(
                provider.root() + "/{tenantid}/v2.0", null, Set.of(), null, Set.of()));
    ObjectNode claims = appClaims().put("iss", provider.root() + "/" + TENANT + "/v2.0");

    assertThat(refusal(trusting, "Bearer " + FakeIssuer.sign(bound, claims)).message())
        .isEqualTo("Access token validation failure. Invalid signature.");
  }

  @Test
  void personal_accounts_are_refused() {
    ObjectNode claims =
        appClaims()
            .put("tid", TokenRules.CONSUMERS)
            .put("iss", "https://login.microsoftonline.com/" + TokenRules.CONSUMERS + "/v2.0");

    Reason.Unauthenticated reason = refusal(trusting(forTenant()), "Bearer " + token(claims));

    assertThat(reason.message()).contains("Personal Microsoft accounts");
    assertThat(
            refusal(
                    trusting(forTenant()),
                    "Bearer " + token(appClaims().put("tid", TokenRules.CONSUMERS)))
                .message())
        .contains("Personal Microsoft accounts");
  }

  @Test
  void a_token_of_graph_itself_gets_a_hint() throws Exception {
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID("first")
                .customParam("nonce", "abc")
                .build(),
            new Payload(Json.bytes(appClaims())));
    token.sign(new ECDSASigner(FakeIssuer.elliptic("first")));

    assertThat(refusal(trusting(forTenant()), "Bearer " + token.serialize()).message())
        .startsWith("Access token validation failure. Invalid signature.")
        .contains("register an API of your own");
  }

  @Test
  void keys_are_fetched_once_and_not_for_each_request() {
    TokenVerifier trusting = trusting(forTenant());

    for (int i = 0; i < 20; i++) {
      assertThat(trusting.authenticate("Bearer " + token(appClaims().put("n", i))).appId())
          .isEqualTo("app-1");
    }

    assertThat(provider.keysAsked()).isEqualTo(1);
  }

  @Test
  void a_new_key_is_found_when_it_first_appears_and_made_up_names_do_not_flood_the_issuer() {
    TokenVerifier trusting = trusting(forTenant());
    assertThat(trusting.authenticate("Bearer " + token(appClaims())).appId()).isEqualTo("app-1");
    ECKey second = provider.publish(FakeIssuer.elliptic("second"));
    String token = "Bearer " + FakeIssuer.sign(second, appClaims());

    // Within the minute after a fetch nobody makes us fetch again.
    assertThat(refusal(trusting, token).code()).isEqualTo(INVALID);
    clock.advance(Duration.ofSeconds(61));
    assertThat(trusting.authenticate(token).appId()).isEqualTo("app-1");
    for (int i = 0; i < 20; i++) {
      String madeUp = FakeIssuer.sign(FakeIssuer.elliptic("made-up-" + i), appClaims());
      assertThat(refusal(trusting, "Bearer " + madeUp).code()).isEqualTo(INVALID);
    }

    assertThat(provider.keysAsked()).isEqualTo(2);
  }

  // With time that passes, the first fetch lay in the future of the request that caused it, which
  // took that for a clock set back and fetched again.
  @Test
  void one_request_fetches_the_keys_once() {
    LongSupplier moving =
        () -> {
          clock.advance(Duration.ofMillis(1));
          return clock.nanos();
        };
    String madeUp = FakeIssuer.sign(FakeIssuer.elliptic("made-up"), appClaims());
    try (TokenVerifier trusting =
        new TokenVerifier(List.of(forTenant()), Set.of(), null, id -> true, clock, null, moving)) {
      assertThat(refusal(trusting, "Bearer " + madeUp).code()).isEqualTo(INVALID);
    }
    assertThat(provider.keysAsked()).isEqualTo(1);
  }

  // Each time that the clock was set back, the next made-up name made us fetch again.
  @Test
  void a_clock_that_is_set_back_does_not_make_the_issuer_be_asked_again() {
    TokenVerifier trusting = trusting(forTenant());
    assertThat(trusting.authenticate("Bearer " + token(appClaims())).appId()).isEqualTo("app-1");

    for (int i = 0; i < 3; i++) {
      clock.set(clock.instant().minus(Duration.ofSeconds(10)));
      String madeUp = FakeIssuer.sign(FakeIssuer.elliptic("made-up-" + i), appClaims());
      assertThat(refusal(trusting, "Bearer " + madeUp).code()).isEqualTo(INVALID);
    }

    assertThat(provider.keysAsked()).isEqualTo(1);
  }

  @Test
  void a_withdrawn_key_stops_counting_even_for_tokens_that_were_good_before() {
    TokenVerifier trusting = trusting(forTenant());
    String token = "Bearer " + token(appClaims().put("exp", in(Duration.ofHours(5))));
    assertThat(trusting.authenticate(token).appId()).isEqualTo("app-1");

    provider.withdraw(key);
    ECKey second = provider.publish(FakeIssuer.elliptic("second"));
    clock.advance(Duration.ofMinutes(61));
    assertThat(trusting.authenticate("Bearer " + FakeIssuer.sign(second, appClaims())).appId())
        .isEqualTo("app-1");

    assertThat(refusal(trusting, token).message())
        .isEqualTo("Access token validation failure. Invalid signature.");
  }

  @Test
  void an_issuer_that_is_down_is_503_only_while_no_key_is_known() {
    provider.down(true);
    TokenVerifier trusting = trusting(forTenant());
    String token = "Bearer " + token(appClaims().put("exp", in(Duration.ofHours(5))));

    assertThatThrownBy(() -> trusting.authenticate(token))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isInstanceOf(Reason.Unavailable.class);
              assertThat(refusal.reason().message()).doesNotContain(provider.root());
            });
    provider.down(false);
    clock.advance(Duration.ofSeconds(11));
    assertThat(trusting.authenticate(token).appId()).isEqualTo("app-1");

    provider.down(true);
    clock.advance(Duration.ofHours(3));
    String fresh = token(appClaims().put("n", 2));
    assertThat(trusting.authenticate("Bearer " + fresh).appId()).isEqualTo("app-1");
    assertThat(
            refusal(trusting, "Bearer " + FakeIssuer.sign(FakeIssuer.elliptic("new"), appClaims()))
                .code())
        .isEqualTo(INVALID);
  }

  @Test
  void a_discovery_document_that_lies_is_not_believed() {
    String token = "Bearer " + token(appClaims());
    provider.nameItself("https://somebody.example");
    TokenVerifier trusting = trusting(forTenant());
    assertThatThrownBy(() -> trusting.authenticate(token)).isInstanceOf(Refusal.class);

    provider.nameItself(provider.name());
    provider.keysAt("http://192.0.2.1/keys");
    clock.advance(Duration.ofSeconds(11));
    assertThatThrownBy(() -> trusting.authenticate(token))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.reason()).isInstanceOf(Reason.Unavailable.class));
  }

  @Test
  void a_burst_of_first_requests_fetches_the_keys_once() throws Exception {
    TokenVerifier trusting = trusting(forTenant());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, 50)
              .mapToObj(
                  i ->
                      threads.submit(
                          () ->
                              trusting
                                  .authenticate("Bearer " + token(appClaims().put("n", i)))
                                  .appId()))
              .toList();
      for (var answer : answers) {
        assertThat(answer.get()).isEqualTo("app-1");
      }
    }
    assertThat(provider.keysAsked()).isEqualTo(1);
  }

  @Test
  void an_issuer_over_plain_http_is_refused_at_start_unless_it_is_on_loopback() {
    assertThatThrownBy(() -> TrustedIssuer.forTenant("http://idp.example/realm", TENANT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https");
    assertThatThrownBy(() -> TrustedIssuer.forTenant("http://127.0.0.1.example/realm", TENANT))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new TrustedIssuer("https://idp.example/realm", null, Set.of(), null, Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("could speak for all");
  }

  @Test
  void each_fault_of_the_forge_is_refused_and_a_good_token_is_not() {
    BuiltInIssuer own = new BuiltInIssuer(SigningKeys.inMemory(), null, clock, Ids.random());
    TokenForge forge = new TokenForge(own, clock);
    TokenVerifier own_only = new TokenVerifier(List.of(), Set.of(), own, TENANT::equals, clock);
    verifier = own_only;
    TokenGrant grant =
        new TokenGrant(
            TENANT,
            "app-1",
            null,
            null,
            Set.of("A.Read"),
            "https://graph.microsoft.com",
            Duration.ofHours(1));
    Map<TokenFault, String> texts =
        Map.ofEntries(
            Map.entry(TokenFault.EXPIRED, TokenRules.EXPIRED),
            Map.entry(TokenFault.NOT_YET_VALID, TokenRules.NO_LIFETIME),
            Map.entry(TokenFault.WRONG_AUDIENCE, TokenRules.BAD_AUDIENCE),
            Map.entry(TokenFault.WRONG_ISSUER, TokenRules.BAD_ISSUER),
            Map.entry(TokenFault.WRONG_KEY, TokenRules.BAD_SIGNATURE),
            Map.entry(TokenFault.UNKNOWN_KEY, TokenRules.BAD_SIGNATURE),
            Map.entry(TokenFault.ALG_NONE, TokenRules.BAD_SIGNATURE),
            Map.entry(TokenFault.HMAC_WITH_PUBLIC_KEY, TokenRules.BAD_SIGNATURE),
            Map.entry(TokenFault.BROKEN_SIGNATURE, TokenRules.BAD_SIGNATURE),
            Map.entry(TokenFault.PERSONAL_ACCOUNT, TokenRules.PERSONAL),
            Map.entry(TokenFault.NO_TENANT, TokenRules.BAD_ISSUER),
            Map.entry(TokenFault.NOT_A_JWT, TokenRules.MALFORMED));

    String good = forge.issue(grant, "http://localhost:8080", Set.of()).accessToken();
    assertThat(own_only.authenticate("Bearer " + good).permissions()).containsExactly("A.Read");
    for (TokenFault fault : EnumSet.allOf(TokenFault.class)) {
      String bad = forge.issue(grant, "http://localhost:8080", Set.of(fault)).accessToken();
      assertThat(refusal(own_only, "Bearer " + bad).message())
          .as("fault %s", fault)
          .startsWith(texts.get(fault));
    }
  }

  @Test
  void a_token_of_this_server_ends_on_the_second_even_from_the_cache() {
    BuiltInIssuer own =
        new BuiltInIssuer(SigningKeys.inMemory(), "https://fettle.example/", clock, Ids.random());
    TokenVerifier own_only = new TokenVerifier(List.of(), Set.of(), own, TENANT::equals, clock);
    verifier = own_only;
    String token =
        own.issue(
                new TokenGrant(
                    TENANT,
                    "app-1",
                    null,
                    null,
                    Set.of(),
                    "https://graph.microsoft.com",
                    Duration.ofSeconds(30)),
                "http://elsewhere.example")
            .accessToken();

    assertThat(own_only.authenticate("Bearer " + token).appId()).isEqualTo("app-1");
    clock.advance(Duration.ofSeconds(29));
    assertThat(own_only.authenticate("Bearer " + token).appId()).isEqualTo("app-1");
    clock.advance(Duration.ofSeconds(1));
    assertThat(refusal(own_only, "Bearer " + token).message()).isEqualTo(TokenRules.EXPIRED);
  }

  private TokenVerifier trusting(TrustedIssuer issuer) {
    if (verifier != null) {
      verifier.close();
    }
    TokenVerifier made =
        new TokenVerifier(
            List.of(issuer),
            Set.of("api://fettle"),
            null,
            TENANT::equals,
            clock,
            null,
            clock::nanos);
    verifier = made;
    return made;
  }

  private TrustedIssuer forTenant() {
    return TrustedIssuer.forTenant(provider.name(), TENANT);
  }

  private String token(ObjectNode claims) {
    return FakeIssuer.sign(key, claims);
  }

  private ObjectNode appClaims() {
    ObjectNode claims =
        Json.object()
            .put("iss", provider.name())
            .put("aud", "https://graph.microsoft.com")
            .put("exp", in(Duration.ofHours(1)))
            .put("nbf", in(Duration.ZERO))
            .put("tid", TENANT)
            .put("appid", "app-1")
            .put("app_displayname", "Updater")
            .put("oid", "00000000-0000-4000-8000-00000000000a")
            .put("idtyp", "app");
    claims.putArray("roles").add("TeamworkDevice.Read.All");
    return claims;
  }

  private long in(Duration from) {
    Instant time = clock.instant().plus(from);
    return time.getEpochSecond();
  }

  private static Reason.Unauthenticated refusal(TokenVerifier trusting, @Nullable String header) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> trusting.authenticate(header));
    assertThat(refusal).as("refusal").isNotNull();
    assertThat(refusal.reason()).isInstanceOf(Reason.Unauthenticated.class);
    return (Reason.Unauthenticated) refusal.reason();
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
