package dev.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.db.Db;
import dev.fettle.http.Handler;
import dev.fettle.http.Headers;
import dev.fettle.http.Peer;
import dev.fettle.http.Request;
import dev.fettle.http.RequestBody;
import dev.fettle.http.Response;
import dev.fettle.http.Router;
import dev.fettle.json.Json;
import dev.fettle.support.AnsweredRows;
import dev.fettle.support.TestClock;
import dev.fettle.support.WithPostgres;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@WithPostgres
class IdentityEndpointsTest {

  private static final KnownPermissions KNOWN =
      new KnownPermissions(
          Set.of("TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All"),
          Set.of("TeamworkDevice.Read.All", "User.Read"));
  private static final String DEFAULT_SCOPE = "https://graph.microsoft.com/.default";

  private final Db db;
  private final TestClock clock = new TestClock();
  private final BuiltInIssuer issuer;
  private final Clients clients;
  private final String tenant = UUID.randomUUID().toString();

  IdentityEndpointsTest(Db db, @TempDir Path folder) {
    this.db = db;
    this.issuer =
        new BuiltInIssuer(SigningKeys.in(folder.resolve("keys.json")), null, clock, Ids.random());
    this.clients = new Clients(db, clock, Ids.random());
  }

  @Test
  void in_development_any_client_gets_every_permission_and_its_tenant_comes_into_being() {
    JsonNode answer =
        ok(
            token(
                IssuerMode.DEVELOPMENT,
                tenant,
                "grant_type=client_credentials&client_id=my-app&client_secret=anything"
                    + "&client_info=1&claims=%7B%22access_token%22%3A%7B%7D%7D&scope="
                    + encode(DEFAULT_SCOPE + " openid profile offline_access")));

    assertThat(answer.path("token_type").asString()).isEqualTo("Bearer");
    assertThat(answer.path("expires_in").asInt()).isEqualTo(3599);
    assertThat(answer.path("ext_expires_in").asInt()).isEqualTo(3599);
    Caller caller = caller(answer);
    assertThat(caller.kind()).isEqualTo(Caller.Kind.APPLICATION);
    assertThat(caller.tenantId()).isEqualTo(tenant);
    assertThat(caller.appId()).isEqualTo("my-app");
    assertThat(caller.permissions()).isEqualTo(KNOWN.application());
    assertThat(tenants(IssuerMode.DEVELOPMENT).find(tenant)).isPresent();
  }

  @Test
  void a_scope_may_name_permissions_and_the_server_itself() {
    for (String scope :
        List.of(
            "TeamworkDevice.Read.All",
            "https://graph.microsoft.com/TeamworkDevice.Read.All",
            "https://localhost/TeamworkDevice.Read.All",
            "http://127.0.0.1:8080/TeamworkDevice.Read.All",
            "api://fettle/TeamworkDevice.Read.All")) {
      assertThat(
              caller(ok(token(IssuerMode.DEVELOPMENT, tenant, form("a", "s", scope))))
                  .permissions())
          .as(scope)
          .containsExactly("TeamworkDevice.Read.All");
    }
  }

  @Test
  void what_is_wrong_with_a_token_request_is_told_in_the_shape_of_oauth() {
    String ok = form("app", "secret", DEFAULT_SCOPE);
    refused(tenant, ok.replace("client_credentials", "password"), 400, "unsupported_grant_type");
    refused(tenant, ok.replace("grant_type=client_credentials", ""), 400, "invalid_request");
    refused(tenant, ok.replace("client_id=app", ""), 400, "invalid_request");
    refused(tenant, ok.replace("client_secret=secret", ""), 401, "invalid_client");
    refused(tenant, ok + "&client_id=again", 400, "invalid_request");
    refused(tenant, ok + "&x=%zz", 400, "invalid_request");
    refused(tenant, ok + "&client_assertion=x", 401, "invalid_client");
    refused(tenant, form("app", "s", "https://vault.azure.net/.default"), 400, "invalid_resource");
    refused(tenant, form("app", "s", "Nothing.Here"), 400, "invalid_scope");
    refused(tenant, form("app", "s", "openid"), 400, "invalid_scope");
    refused(tenant, form("app\n", "s\u0000", DEFAULT_SCOPE + " \u0001/x"), 400, "invalid_resource");
    refused("common", ok, 400, "invalid_request");
    refused("Organizations", ok, 400, "invalid_request");
    refused("contoso.example", ok, 400, "invalid_request");
    refused("%2e%2e", ok, 400, "invalid_request");
    refused("%zz", ok, 400, "invalid_request");
    refused(tenant, ok + "&pad=" + "x".repeat(70_000), 413, "invalid_request");
  }

  // Scripts of ADAL's time ask the endpoint without v2.0 for a resource and know no scope.
  @Test
  void the_first_version_of_the_protocol_takes_a_resource() {
    String form =
        "grant_type=client_credentials&client_id=app&client_secret=s&resource="
            + encode("https://graph.microsoft.com/");

    JsonNode answer = ok(firstVersion(form));

    assertThat(answer.path("resource").asString()).isEqualTo("https://graph.microsoft.com");
    assertThat(answer.path("expires_in").asString()).isEqualTo("3599");
    assertThat(answer.path("expires_in").isString()).isTrue();
    assertThat(Long.parseLong(answer.path("expires_on").asString()))
        .isEqualTo(clock.instant().getEpochSecond() + 3599);
    assertThat(caller(answer).permissions()).isEqualTo(KNOWN.application());
    assertThat(caller(ok(firstVersion(form("a", "s", "TeamworkDevice.Read.All")))).permissions())
        .containsExactly("TeamworkDevice.Read.All");
    assertThat(code(firstVersion(form.replace("graph.microsoft.com", "vault.example")), 400))
        .isEqualTo("invalid_resource");
    assertThat(json(firstVersion(form.replace("resource", "other"))).toString())
        .contains("'resource'");
    assertThat(code(token(IssuerMode.DEVELOPMENT, tenant, form), 400)).isEqualTo("invalid_request");
  }

  private Response firstVersion(String form) {
    Request request = request("POST", "/" + tenant + "/OAuth2/token", form);
    assertThat(issuerDoor(IssuerMode.DEVELOPMENT).claims(request)).isTrue();
    return endpoints(IssuerMode.DEVELOPMENT).handle(request);
  }

  @Test
  void msal_finds_the_number_of_an_error_in_the_answer() {
    Response response =
        token(IssuerMode.DEVELOPMENT, "common", form("app", "secret", DEFAULT_SCOPE));

    JsonNode error = json(response);
    assertThat(error.path("error_codes").get(0).asInt()).isEqualTo(50194);
    assertThat(error.path("error_description").asString()).contains("tenant's id");
    assertThat(error.path("correlation_id").asString()).isNotEmpty();
    assertThat(response.headers().first("Cache-Control")).contains("no-store");
  }

  @Test
  void a_client_of_the_operator_gets_its_own_permissions_for_its_own_secret_only() {
    NewClient client = client(List.of("TeamworkDevice.Read.All"));
    String id = client.client().clientId();

    for (IssuerMode mode : IssuerMode.values()) {
      JsonNode answer = ok(token(mode, tenant, form(id, client.secret(), DEFAULT_SCOPE)));
      assertThat(caller(answer).permissions()).containsExactly("TeamworkDevice.Read.All");
      assertThat(caller(answer).appName()).isEqualTo("Night job");

      assertThat(code(token(mode, tenant, form(id, "wrong", DEFAULT_SCOPE)), 401))
          .isEqualTo("invalid_client");
      assertThat(
              code(
                  token(mode, tenant, form(id, client.secret(), "TeamworkDevice.ReadWrite.All")),
                  400))
          .isEqualTo("invalid_scope");
    }
  }

  @Test
  void a_client_may_send_its_secret_as_basic_authentication() {
    NewClient client = client(List.of("TeamworkDevice.Read.All"));
    String pair = client.client().clientId() + ":" + client.secret();
    String header =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    String form = "grant_type=client_credentials&scope=" + encode(DEFAULT_SCOPE);

    assertThat(
            ok(token(IssuerMode.OPERATION, tenant, form, "Authorization", header))
                .path("access_token")
                .asString())
        .isNotEmpty();
    assertThat(code(token(IssuerMode.OPERATION, tenant, form, "Authorization", "Basic %%%"), 401))
        .isEqualTo("invalid_client");
  }

  @Test
  void in_operation_nobody_else_gets_a_token_and_no_tenant_comes_into_being() {
    client(List.of());
    String fresh = UUID.randomUUID().toString();

    assertThat(code(token(IssuerMode.OPERATION, tenant, form("any", "any", DEFAULT_SCOPE)), 401))
        .isEqualTo("invalid_client");
    assertThat(code(token(IssuerMode.OPERATION, fresh, form("any", "any", DEFAULT_SCOPE)), 400))
        .isEqualTo("invalid_request");
    assertThat(tenants(IssuerMode.OPERATION).find(fresh)).isEmpty();
  }

  @Test
  void a_client_is_of_its_own_tenant_only() {
    NewClient client = client(List.of("TeamworkDevice.Read.All"));
    String other = UUID.randomUUID().toString();
    assertThat(tenants(IssuerMode.OPERATION).ensure(other, null, null).tenantId()).isEqualTo(other);

    assertThat(
            code(
                token(
                    IssuerMode.OPERATION,
                    other,
                    form(client.client().clientId(), client.secret(), DEFAULT_SCOPE)),
                401))
        .isEqualTo("invalid_client");
  }

  @Test
  void a_renewed_secret_replaces_the_old_one_and_a_deleted_client_is_gone() {
    NewClient client = client(List.of());
    String id = client.client().clientId();

    NewClient renewed = db.tx(tx -> clients.renewSecret(tx, tenant, id));

    assertThat(
            code(
                token(IssuerMode.OPERATION, tenant, form(id, client.secret(), DEFAULT_SCOPE)), 401))
        .isEqualTo("invalid_client");
    assertThat(
            ok(token(IssuerMode.OPERATION, tenant, form(id, renewed.secret(), DEFAULT_SCOPE)))
                .has("access_token"))
        .isTrue();
    db.tx(
        tx -> {
          clients.delete(tx, tenant, id);
          return true;
        });
    assertThat(
            code(
                token(IssuerMode.OPERATION, tenant, form(id, renewed.secret(), DEFAULT_SCOPE)),
                401))
        .isEqualTo("invalid_client");
  }

  @Test
  void a_client_with_a_permission_that_opens_nothing_is_not_made() {
    assertThatThrownBy(() -> client(List.of("TeamworkDevice.Raed.All")))
        .hasMessageContaining("TeamworkDevice.Raed.All")
        .hasMessageContaining("TeamworkDevice.Read.All");
  }

  @Test
  void no_secret_and_no_token_is_in_a_text_form_of_anything() {
    NewClient client = client(List.of());
    IssuedToken token =
        issuer.issue(
            new TokenGrant(tenant, "a", null, null, Set.of(), "aud", java.time.Duration.ofHours(1)),
            "http://localhost");

    assertThat(client.toString()).doesNotContain(client.secret());
    assertThat(token.toString()).doesNotContain(token.accessToken());
    assertThat(issuer.keys().toString()).doesNotContain("\"d\"");
    assertThat(issuer.keys().publishedJson()).doesNotContain("\"d\"").doesNotContain("\"p\"");
    assertThat(new Form(java.util.Map.of("client_secret", "hush")).toString())
        .doesNotContain("hush");
  }

  @Test
  void discovery_leads_to_the_keys_and_makes_no_tenant() {
    JsonNode document = ok(get("/" + tenant + "/v2.0/.well-known/openid-configuration"));

    assertThat(document.path("issuer").asString())
        .isEqualTo("https://localhost:8443/" + tenant + "/v2.0");
    assertThat(document.path("token_endpoint").asString())
        .isEqualTo("https://localhost:8443/" + tenant + "/oauth2/v2.0/token");
    String keys = document.path("jwks_uri").asString();
    assertThat(keys).startsWith("https://localhost:8443/");
    JsonNode set = ok(get(keys.substring("https://localhost:8443".length())));
    assertThat(set.path("keys").get(0).path("kid").asString())
        .isEqualTo(issuer.keys().signingKeyId());
    assertThat(tenants(IssuerMode.DEVELOPMENT).find(tenant)).isEmpty();
  }

  /** Libraries of ADAL's time ask without a version, and tokens of both have the same keys. */
  @Test
  void discovery_without_a_version_says_the_same() {
    assertThat(ok(get("/" + tenant + "/.well-known/openid-configuration")))
        .isEqualTo(ok(get("/" + tenant + "/v2.0/.well-known/openid-configuration")));
    JsonNode keys = ok(get("/" + tenant + "/discovery/keys"));
    assertThat(keys.path("keys").get(0).path("kid").asString())
        .isEqualTo(issuer.keys().signingKeyId());
    assertThat(keys).isEqualTo(ok(get("/" + tenant + "/discovery/v2.0/keys")));
    assertThat(tenants(IssuerMode.DEVELOPMENT).find(tenant)).isEmpty();
  }

  @Test
  void whoever_wants_to_sign_a_user_in_is_told_where_users_come_from() {
    for (String version : List.of("", "/v2.0")) {
      Response refused = get("/" + tenant + "/oauth2" + version + "/authorize");
      assertThat(code(refused, 400)).isEqualTo("invalid_request");
      assertThat(json(refused).path("error_description").asString())
          .contains("AADSTS900561", "signs nobody in");
    }
  }

  @Test
  void instance_discovery_names_the_authority_that_msal_asked_about() {
    JsonNode answer =
        ok(
            get(
                "/common/discovery/instance?api-version=1.1&authorization_endpoint="
                    + encode("https://localhost:8443/" + tenant + "/oauth2/v2.0/authorize")));

    assertThat(answer.path("tenant_discovery_endpoint").asString())
        .isEqualTo("https://localhost:8443/" + tenant + "/v2.0/.well-known/openid-configuration");
    assertThat(answer.path("metadata").get(0).path("aliases").get(0).asString())
        .isEqualTo("localhost:8443");
  }

  @Test
  void flows_that_sign_somebody_in_are_refused_with_the_way_out() {
    Response response = get("/" + tenant + "/oauth2/v2.0/authorize?client_id=x");

    assertThat(response.status()).isEqualTo(400);
    assertThat(json(response).path("error_description").asString())
        .contains("signs nobody in")
        .contains("/fettle/dev/tokens");
  }

  @Test
  void a_wrong_method_is_405() {
    assertThat(get("/" + tenant + "/oauth2/v2.0/token").status()).isEqualTo(405);
    assertThat(
            endpoints(IssuerMode.DEVELOPMENT)
                .handle(request("PUT", "/fettle/dev/tokens", "{}"))
                .status())
        .isEqualTo(405);
  }

  @Test
  void the_development_mode_makes_tokens_for_users_of_the_directory_and_for_others() {
    JsonNode known =
        ok(forge("{\"tenant\":\"" + tenant + "\",\"user\":\"megan@contoso.example\"}"));
    Caller megan = caller(known);
    assertThat(megan.kind()).isEqualTo(Caller.Kind.DELEGATED);
    assertThat(megan.userId()).isEqualTo("5b649834-7412-4cce-9e69-176e95a394f5");
    assertThat(megan.permissions()).isEqualTo(KNOWN.delegated());

    Caller other =
        caller(
            ok(
                forge(
                    "{\"tenant\":\""
                        + tenant
                        + "\",\"user\":\"nobody@contoso.example\",\"permissions\":[\"X.Read\"]}")));
    assertThat(other.permissions()).containsExactly("X.Read");
    assertThat(other.userId()).isNotNull().isNotEqualTo(megan.userId());
  }

  @Test
  void a_development_token_of_an_app_has_the_permissions_that_were_asked_for() {
    Caller caller =
        caller(
            ok(
                forge(
                    "{\"tenant\":\""
                        + tenant
                        + "\",\"app\":\"a-1\",\"permissions\":[\"A.Read\",\"B.Write\"],\"expiresIn\":60}")));

    assertThat(caller.appId()).isEqualTo("a-1");
    assertThat(caller.permissions()).containsExactlyInAnyOrder("A.Read", "B.Write");
    assertThat(
            caller(ok(forge("{\"tenant\":\"" + tenant + "\",\"permissions\":[]}"))).permissions())
        .isEmpty();
  }

  @Test
  void what_is_wrong_with_a_wish_for_a_development_token_is_named() {
    for (String body :
        List.of(
            "[]",
            "{",
            "{\"tenant\":7}",
            "{\"tenant\":\"contoso\"}",
            "{}",
            with("\"permisions\":[]"),
            with("\"permissions\":{\"a\":\"b\"}"),
            with("\"permissions\":[1]"),
            with("\"permissions\":[\"A B\"]"),
            with("\"expiresIn\":0"),
            with("\"expiresIn\":1e99"),
            with("\"expiresIn\":\"60\""),
            with("\"faults\":[\"wrongMoon\"]"),
            with("\"user\":\"\""),
            with("\"app\":\"" + "x".repeat(300) + "\""))) {
      Response response = forge(body);
      assertThat(response.status()).as(body).isEqualTo(400);
    }
    assertThat(json(forge(with("\"faults\":[\"wrongMoon\"]"))).path("error").asString())
        .contains("wrongAudience");
  }

  @Test
  void the_forge_does_not_exist_in_operation() {
    Response response =
        endpoints(IssuerMode.OPERATION)
            .handle(request("POST", "/fettle/dev/tokens", with("\"app\":\"x\"")));

    assertThat(response.status()).isEqualTo(403);
    assertThat(json(response).path("error").asString()).contains("fettle serve");
  }

  @Test
  void a_page_of_another_site_gets_no_development_token() {
    Handler endpoints = endpoints(IssuerMode.DEVELOPMENT);
    String body = with("\"app\":\"x\"");

    assertThat(
            endpoints
                .handle(
                    request("POST", "/fettle/dev/tokens", body, "Origin", "https://evil.example"))
                .status())
        .isEqualTo(403);
    assertThat(
            endpoints
                .handle(
                    request("POST", "/fettle/dev/tokens", body, "Origin", "https://localhost:8443"))
                .status())
        .isEqualTo(200);
  }

  @Test
  void only_its_own_addresses_are_claimed() {
    for (String path :
        List.of(
            "/fettle/dev/tokens",
            "/x/oauth2/v2.0/token",
            "/x/v2.0/.well-known/openid-configuration",
            "/x/discovery/v2.0/keys",
            "/common/discovery/instance")) {
      assertThat(issuerDoor(IssuerMode.DEVELOPMENT).claims(request("GET", path, "")))
          .as(path)
          .isTrue();
    }
    for (String path :
        List.of(
            "/beta/teamwork/devices",
            "/v1.0/oauth",
            "/fettle/dev/tokens/more",
            "/fettle/v1.0/releases",
            "/DEFAULT/controller/v1/d1",
            "/a/b/oauth2/v2.0/token",
            "/")) {
      assertThat(issuerDoor(IssuerMode.DEVELOPMENT).claims(request("GET", path, "")))
          .as(path)
          .isFalse();
    }
  }

  @Test
  void signing_keys_survive_a_restart_and_are_for_their_owner_only(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("data").resolve("signing-keys.json");
    SigningKeys first = SigningKeys.in(file);

    assertThat(SigningKeys.in(file).signingKeyId()).isEqualTo(first.signingKeyId());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> SigningKeys.in(file)).hasMessageContaining("chmod 600");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    String secret = Files.readString(file);
    Files.writeString(file, secret.substring(0, secret.length() - 9));
    assertThatThrownBy(() -> SigningKeys.in(file))
        .hasMessageContaining("not a JSON Web Key Set")
        .hasNoCause();
  }

  private NewClient client(List<String> permissions) {
    assertThat(tenants(IssuerMode.OPERATION).ensure(tenant, null, null).tenantId())
        .isEqualTo(tenant);
    return db.tx(tx -> clients.create(tx, tenant, "Night job", permissions, KNOWN));
  }

  private Tenants tenants(IssuerMode mode) {
    return new Tenants(
        db,
        clock,
        mode == IssuerMode.DEVELOPMENT ? Tenants.Birth.AT_FIRST_USE : Tenants.Birth.BY_OPERATOR);
  }

  private Handler endpoints(IssuerMode mode) {
    return new Router(List.of(issuerDoor(mode)), List.of(), Ids.random(), AnsweredRows::note);
  }

  private IdentityEndpoints issuerDoor(IssuerMode mode) {
    UserLookup users =
        (tenantId, name) ->
            name.equals("megan@contoso.example")
                ? Optional.of(new UserLookup.User("5b649834-7412-4cce-9e69-176e95a394f5", name))
                : Optional.empty();
    return new IdentityEndpoints(
        new IdentityEndpoints.Parts(
            mode,
            issuer,
            tenants(mode),
            clients,
            users,
            Set.of("api://fettle"),
            () -> KNOWN,
            IdentityEndpointsTest::plain,
            clock));
  }

  private static Response plain(Reason reason) {
    int status =
        switch (reason) {
          case Reason.Forbidden ignored -> 403;
          case Reason.MethodNotAllowed ignored -> 405;
          default -> 400;
        };
    return Response.of(
        status, "application/json", Json.bytes(Json.object().put("error", reason.message())));
  }

  private Caller caller(JsonNode answer) {
    try (TokenVerifier verifier =
        new TokenVerifier(
            List.of(),
            Set.of("api://fettle"),
            issuer,
            id -> tenants(IssuerMode.OPERATION).admit(id).isPresent(),
            clock)) {
      return verifier.authenticate("Bearer " + answer.path("access_token").asString());
    }
  }

  private void refused(String tenantSegment, String form, int status, String code) {
    assertThat(code(token(IssuerMode.DEVELOPMENT, tenantSegment, form), status))
        .as(form.length() > 300 ? "long form" : form)
        .isEqualTo(code);
  }

  private Response token(IssuerMode mode, String tenantSegment, String form, String... headers) {
    return endpoints(mode)
        .handle(request("POST", "/" + tenantSegment + "/oauth2/v2.0/token", form, headers));
  }

  private Response forge(String body) {
    return endpoints(IssuerMode.DEVELOPMENT).handle(request("POST", "/fettle/dev/tokens", body));
  }

  private Response get(String target) {
    return endpoints(IssuerMode.DEVELOPMENT).handle(request("GET", target, ""));
  }

  private String with(String members) {
    return "{\"tenant\":\"" + tenant + "\"," + members + "}";
  }

  private static Request request(String method, String target, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    int question = target.indexOf('?');
    return new Request(
        method,
        question < 0 ? target : target.substring(0, question),
        question < 0 ? "" : target.substring(question + 1),
        Headers.of("Content-Type", "application/x-www-form-urlencoded").with(Headers.of(headers)),
        "https",
        "localhost:8443",
        Peer.of("127.0.0.1"),
        RequestBody.of(bytes));
  }

  private static String form(String clientId, String secret, String scope) {
    return "grant_type=client_credentials&client_id="
        + encode(clientId)
        + "&client_secret="
        + encode(secret)
        + "&scope="
        + encode(scope);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static JsonNode ok(Response response) {
    JsonNode node = json(response);
    assertThat(response.status()).as("%s", node).isEqualTo(200);
    return node;
  }

  private static String code(Response response, int status) {
    JsonNode node = json(response);
    assertThat(response.status()).as("%s", node).isEqualTo(status);
    return node.path("error").asString();
  }

  private static JsonNode json(Response response) {
    return Json.read(((Response.Bytes) response.body()).bytes());
  }
}
