package dev.fettle.identity;

import dev.fettle.base.Guids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.http.Door;
import dev.fettle.http.Endpoints;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * The built-in issuer over HTTP: discovery, keys, tokens for clients, and in development mode
 * tokens for whoever asks. Refusals of the OAuth addresses are in OAuth's shape, with the codes
 * that Entra's libraries read; the others in Graph's.
 */
public final class IdentityEndpoints implements Door {

  private static final String FORGE = "/fettle/dev/tokens";
  private static final Set<String> SHARED = Set.of("common", "organizations", "consumers");
  private static final Pattern AADSTS = Pattern.compile("AADSTS(\\d{1,9}):.*", Pattern.DOTALL);
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private final IssuerMode mode;
  private final BuiltInIssuer issuer;
  private final Tenants tenants;
  private final TokenEndpoint tokens;
  private final DevTokens devTokens;
  private final Function<Reason, Response> graphErrors;
  private final InstantSource clock;
  private final Endpoints endpoints = new Endpoints(table());

  /**
   * The parts that the endpoints need.
   *
   * @param audiences names of this server, beside those of Graph
   * @param known the permissions that open something here; asked at each request
   * @param graphErrors how a refusal looks in Graph's shape
   */
  public record Parts(
      IssuerMode mode,
      BuiltInIssuer issuer,
      Tenants tenants,
      Clients clients,
      UserLookup users,
      Set<String> audiences,
      Supplier<KnownPermissions> known,
      Function<Reason, Response> graphErrors,
      InstantSource clock) {
    public Parts {
      audiences = Set.copyOf(audiences);
    }
  }

  /** The endpoints of an issuer. */
  public IdentityEndpoints(Parts parts) {
    this.mode = parts.mode();
    this.issuer = parts.issuer();
    this.tenants = parts.tenants();
    this.graphErrors = parts.graphErrors();
    this.clock = parts.clock();
    this.tokens =
        new TokenEndpoint(
            mode, issuer, parts.clients(), Audiences.GRAPH.with(parts.audiences()), parts.known());
    this.devTokens =
        new DevTokens(issuer, new TokenForge(issuer, clock), tenants, parts.users(), parts.known());
  }

  private List<Endpoints.Endpoint> table() {
    List<Endpoints.Endpoint> rows = new ArrayList<>();
    rows.add(new Endpoints.Endpoint("POST", FORGE, (request, keys) -> forge(request)));
    rows.add(
        new Endpoints.Endpoint(
            "GET", "/{tenant}/discovery/instance", (request, keys) -> json(instance(request))));
    for (String version : List.of("", "/v2.0")) {
      rows.add(
          new Endpoints.Endpoint(
              "GET",
              "/{tenant}" + version + "/.well-known/openid-configuration",
              (request, keys) -> json(document(request, tenant(keys, false)))));
      rows.add(
          new Endpoints.Endpoint(
              "GET",
              "/{tenant}/discovery" + version + "/keys",
              (request, keys) ->
                  Response.text(200, "application/json", issuer.keys().publishedJson())));
      rows.add(
          Endpoints.Endpoint.any(
              "/{tenant}/oauth2" + version + "/{endpoint}", (request, keys) -> nobody()));
    }
    rows.add(
        new Endpoints.Endpoint(
            "POST",
            "/{tenant}/oauth2/token",
            (request, keys) -> json(firstVersion(request, tenant(keys, true)))));
    rows.add(
        new Endpoints.Endpoint(
            "POST",
            "/{tenant}/oauth2/v2.0/token",
            (request, keys) -> json(secondVersion(request, tenant(keys, true)))));
    return rows;
  }

  @Override
  public String name() {
    return "issuer";
  }

  @Override
  public List<Row> rows() {
    return endpoints.rows();
  }

  @Override
  public boolean claims(Request request) {
    String path = request.rawPath().toLowerCase(Locale.ROOT);
    return isForge(path)
        || ((path.contains("/oauth2/")
                || path.contains("/discovery/")
                || path.contains("/.well-known/"))
            && endpoints.has(request));
  }

  @Override
  public Match match(Request request) {
    return endpoints.match(request);
  }

  @Override
  public Response refuse(Request request, Reason reason, String requestId) {
    if (isForge(request.rawPath())) {
      return graphErrors.apply(reason);
    }
    return error(
        reason instanceof Reason.MethodNotAllowed other
            ? new Reason.MethodNotAllowed(
                other.allowed(),
                "AADSTS900561: The endpoint only accepts %s requests."
                    .formatted(String.join(", ", other.allowed())))
            : reason,
        requestId);
  }

  @Override
  public Response fail(Request request, String requestId) {
    return error(
        500,
        "server_error",
        "The server failed to answer. This is a fault of Fettle; its log has the cause.",
        requestId);
  }

  private static boolean isForge(String path) {
    return path.equals(FORGE) || path.equals(FORGE + "/");
  }

  private Response forge(Request request) {
    if (mode == IssuerMode.OPERATION) {
      throw Refusal.forbidden(
          "POST /fettle/dev/tokens makes access tokens for whoever asks, so it exists in"
              + " 'fettle dev' only. This server runs as 'fettle serve': fetch a token from a"
              + " trusted issuer, or from the built-in one with a client that the operator"
              + " made.");
    }
    String origin = request.header("Origin");
    if (origin != null && !origin.equals(request.origin())) {
      // A developer's browser shows pages of others, which must not drive the server on localhost.
      throw Refusal.forbidden("A page of another site may not ask for tokens here.");
    }
    return json(devTokens.answer(request));
  }

  private static Response nobody() {
    throw new Refusal(
        new Reason.Invalid(
            "invalid_request",
            "AADSTS900561: The built-in issuer signs nobody in: it has the token endpoint for the"
                + " client_credentials grant, discovery and keys. For users, trust an OpenID"
                + " Connect provider; in development, POST /fettle/dev/tokens makes tokens for"
                + " users.",
            null,
            List.of()));
  }

  private ObjectNode secondVersion(Request request, Tenant tenant) {
    IssuedToken token = tokens.answer(request, tenant, "scope").token();
    long seconds = token.lifetime().toSeconds();
    return Json.object()
        .put("token_type", "Bearer")
        .put("expires_in", seconds)
        .put("ext_expires_in", seconds)
        .put("access_token", token.accessToken());
  }

  /** As the endpoint of ADAL's time answers, numbers in quotes. */
  private ObjectNode firstVersion(Request request, Tenant tenant) {
    TokenEndpoint.Issued issued = tokens.answer(request, tenant, "resource");
    long seconds = issued.token().lifetime().toSeconds();
    long now = clock.instant().getEpochSecond();
    return Json.object()
        .put("token_type", "Bearer")
        .put("expires_in", Long.toString(seconds))
        .put("ext_expires_in", Long.toString(seconds))
        .put("expires_on", Long.toString(now + seconds))
        .put("not_before", Long.toString(now))
        .put("resource", issued.audience())
        .put("access_token", issued.token().accessToken());
  }

  private Tenant tenant(Map<String, String> keys, boolean forToken) {
    String name = Objects.requireNonNull(keys.get("tenant"));
    if (SHARED.contains(name.toLowerCase(Locale.ROOT))) {
      throw invalidTenant(
          "AADSTS50194: '"
              + name.toLowerCase(Locale.ROOT)
              + "' is no tenant. Put the tenant's id in the place of it: the built-in issuer"
              + " signs nobody in, so it cannot find out the tenant by itself.");
    }
    Optional<Tenant> found = tenants.findByDdiNameOrId(name);
    if (found.isEmpty() && mode == IssuerMode.DEVELOPMENT && Guids.matches(name)) {
      // Reading a document makes no tenant; asking for a token does.
      found =
          forToken
              ? tenants.admit(name)
              : Optional.of(new Tenant(Tenants.canonical(name), name, name, clock.instant()));
    }
    return found.orElseThrow(
        () ->
            invalidTenant(
                mode == IssuerMode.DEVELOPMENT
                    ? "AADSTS90002: There is no tenant of this name. A new tenant comes into being"
                        + " if it is named by a GUID."
                    : "AADSTS90002: There is no tenant of this name on this server."));
  }

  private ObjectNode document(Request request, Tenant tenant) {
    String root = issuer.root(request.origin()) + "/" + tenant.tenantId();
    ObjectNode document =
        Json.object()
            .put("issuer", issuer.issuer(request.origin(), tenant.tenantId()))
            .put("token_endpoint", root + "/oauth2/v2.0/token")
            .put("authorization_endpoint", root + "/oauth2/v2.0/authorize")
            .put("jwks_uri", root + "/discovery/v2.0/keys");
    document
        .putArray("token_endpoint_auth_methods_supported")
        .add("client_secret_post")
        .add("client_secret_basic");
    document.putArray("grant_types_supported").add("client_credentials");
    document.putArray("response_types_supported").add("token");
    document.putArray("response_modes_supported");
    document.putArray("subject_types_supported").add("pairwise");
    document.putArray("id_token_signing_alg_values_supported").add("RS256");
    document.putArray("scopes_supported").add("openid").add("profile").add("offline_access");
    return document;
  }

  /**
   * The answer to what MSAL asks of a host that it does not know: yes, this authority is its own.
   */
  private ObjectNode instance(Request request) {
    String asked = "common";
    for (Map.Entry<String, String> parameter : request.parameters()) {
      if (parameter.getKey().equals("authorization_endpoint")) {
        String[] parts = parameter.getValue().split("/");
        asked = parts.length > 3 ? parts[3] : asked;
      }
    }
    String root = issuer.root(request.origin());
    String host = root.substring(root.indexOf("://") + 3);
    ObjectNode answer =
        Json.object()
            .put(
                "tenant_discovery_endpoint",
                root + "/" + asked + "/v2.0/.well-known/openid-configuration")
            .put("api-version", "1.1");
    ObjectNode entry = answer.putArray("metadata").addObject();
    entry.put("preferred_network", host).put("preferred_cache", host).putArray("aliases").add(host);
    return answer;
  }

  private static Response json(ObjectNode document) {
    return withoutStore(Response.of(200, "application/json; charset=utf-8", Json.bytes(document)));
  }

  private static Response withoutStore(Response response) {
    return response.with("Cache-Control", "no-store, no-cache").with("Pragma", "no-cache");
  }

  private Response error(Reason reason, String requestId) {
    return error(status(reason), errorCode(reason), reason.message(), requestId)
        .with(headers(reason));
  }

  /** OAuth's error document (RFC 6749, section 5.2) with the members that MSAL reads. */
  private Response error(int status, String error, String description, String requestId) {
    Matcher code = AADSTS.matcher(description);
    ObjectNode body = Json.object().put("error", error).put("error_description", description);
    body.putArray("error_codes");
    if (code.matches()) {
      body.withArray("error_codes").add(Long.parseLong(code.group(1)));
    }
    body.put("timestamp", SECONDS.format(clock.instant()))
        .put("trace_id", requestId)
        .put("correlation_id", requestId);
    return withoutStore(Response.of(status, "application/json; charset=utf-8", Json.bytes(body)));
  }

  private static String errorCode(Reason reason) {
    return switch (reason) {
      case Reason.Invalid invalid when invalid.code().contains("_") -> invalid.code();
      case Reason.Unauthenticated unauthenticated -> unauthenticated.code();
      case Reason.Unavailable ignored -> "temporarily_unavailable";
      case Reason.CompletionUnknown ignored -> "temporarily_unavailable";
      default -> "invalid_request";
    };
  }

  private static int status(Reason reason) {
    return switch (reason) {
      case Reason.Unauthenticated ignored -> 401;
      case Reason.MethodNotAllowed ignored -> 405;
      case Reason.TooLarge ignored -> 413;
      // Whoever asks for a token twice gets two: that can be repeated.
      case Reason.Unavailable ignored -> 503;
      case Reason.CompletionUnknown ignored -> 503;
      default -> 400;
    };
  }

  private static Headers headers(Reason reason) {
    return switch (reason) {
      case Reason.Unauthenticated ignored ->
          Headers.of("WWW-Authenticate", "Basic realm=\"token\", charset=\"UTF-8\"");
      case Reason.MethodNotAllowed notAllowed ->
          Headers.of("Allow", String.join(", ", notAllowed.allowed()));
      case Reason.Unavailable unavailable ->
          Headers.of(
              "Retry-After", Long.toString(Math.max(1, unavailable.retryAfter().toSeconds())));
      default -> Headers.none();
    };
  }

  private static Refusal invalidTenant(String message) {
    return new Refusal(new Reason.Invalid("invalid_request", message, null, List.of()));
  }
}
