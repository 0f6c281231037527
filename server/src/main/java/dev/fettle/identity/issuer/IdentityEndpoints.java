package dev.fettle.identity.issuer;

import dev.fettle.base.Guids;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.http.Handler;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.identity.Clients;
import dev.fettle.identity.KnownPermissions;
import dev.fettle.identity.Tenant;
import dev.fettle.identity.Tenants;
import dev.fettle.identity.UserLookup;
import dev.fettle.identity.trust.Audiences;
import dev.fettle.json.Json;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
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
public final class IdentityEndpoints implements Handler {

  private static final String FORGE = "/fettle/dev/tokens";
  private static final Pattern DOCUMENT =
      pattern("/([^/]+)/(v2\\.0/)?\\.well-known/openid-configuration/?");
  private static final Pattern KEYS = pattern("/([^/]+)/discovery/(v2\\.0/)?keys/?");
  private static final Pattern INSTANCE = pattern("/([^/]+)/discovery/instance/?");
  private static final Pattern OAUTH = pattern("/([^/]+)/oauth2/(v2\\.0/)?([^/]*)/?");
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
  private final Ids ids;

  /**
   * What the endpoints are made of.
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
      InstantSource clock,
      Ids ids) {
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
    this.ids = parts.ids();
    this.tokens =
        new TokenEndpoint(
            mode, issuer, parts.clients(), Audiences.GRAPH.with(parts.audiences()), parts.known());
    this.devTokens =
        new DevTokens(issuer, new TokenForge(issuer, clock), tenants, parts.users(), parts.known());
  }

  /** Whether a request is for one of these addresses. */
  public static boolean claims(Request request) {
    String path = request.rawPath();
    return isForge(path)
        || DOCUMENT.matcher(path).matches()
        || KEYS.matcher(path).matches()
        || INSTANCE.matcher(path).matches()
        || OAUTH.matcher(path).matches();
  }

  @Override
  public Response handle(Request request) {
    if (isForge(request.rawPath())) {
      try {
        return forge(request);
      } catch (Refusal refusal) {
        return graphErrors.apply(refusal.reason());
      }
    }
    try {
      return oauth(request);
    } catch (Refusal refusal) {
      return error(refusal.reason());
    }
  }

  private static boolean isForge(String path) {
    return path.equals(FORGE) || path.equals(FORGE + "/");
  }

  private Response forge(Request request) {
    if (mode == IssuerMode.OPERATION) {
      throw new Refusal(
          Reason.forbidden(
              "POST /fettle/dev/tokens makes access tokens for whoever asks, so it exists in"
                  + " 'fettle dev' only. This server runs as 'fettle serve': fetch a token from a"
                  + " trusted issuer, or from the built-in one with a client that the operator"
                  + " made."));
    }
    requireMethod(request, "POST");
    String origin = request.header("Origin");
    if (origin != null && !origin.equals(request.origin())) {
      // A developer's browser shows pages of others, which must not drive the server on localhost.
      throw new Refusal(Reason.forbidden("A page of another site may not ask for tokens here."));
    }
    return json(devTokens.answer(request));
  }

  private Response oauth(Request request) {
    String path = request.rawPath();
    Matcher document = DOCUMENT.matcher(path);
    if (document.matches()) {
      requireMethod(request, "GET");
      return json(document(request, tenant(document.group(1), false)));
    }
    Matcher keys = KEYS.matcher(path);
    if (keys.matches()) {
      requireMethod(request, "GET");
      return Response.text(200, "application/json", issuer.keys().publishedJson());
    }
    if (INSTANCE.matcher(path).matches()) {
      requireMethod(request, "GET");
      return json(instance(request));
    }
    Matcher oauth = OAUTH.matcher(path);
    if (oauth.matches() && oauth.group(3).equalsIgnoreCase("token")) {
      requireMethod(request, "POST");
      Tenant tenant = tenant(oauth.group(1), true);
      return json(
          oauth.group(2) == null ? firstVersion(request, tenant) : secondVersion(request, tenant));
    }
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

  private static Pattern pattern(String regex) {
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
  }

  private Tenant tenant(String rawSegment, boolean forToken) {
    String name = Request.decode(rawSegment);
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

  /** What MSAL asks of a host that it does not know: yes, this authority is one of its own. */
  private ObjectNode instance(Request request) {
    String asked = "common";
    for (String pair : request.rawQuery().split("&")) {
      if (pair.startsWith("authorization_endpoint=")) {
        String[] parts = Request.decode(pair.substring(pair.indexOf('=') + 1)).split("/");
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

  /** OAuth's error document (RFC 6749, section 5.2) with the members that MSAL reads. */
  private Response error(Reason reason) {
    Matcher code = AADSTS.matcher(reason.message());
    String id = ids.guid();
    ObjectNode body =
        Json.object().put("error", errorCode(reason)).put("error_description", reason.message());
    body.putArray("error_codes");
    if (code.matches()) {
      body.withArray("error_codes").add(Long.parseLong(code.group(1)));
    }
    body.put("timestamp", SECONDS.format(clock.instant()))
        .put("trace_id", id)
        .put("correlation_id", id);
    return withoutStore(
            Response.of(status(reason), "application/json; charset=utf-8", Json.bytes(body)))
        .with(headers(reason));
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

  private static void requireMethod(Request request, String method) {
    boolean head = method.equals("GET") && request.method().equals("HEAD");
    if (!request.method().equals(method) && !head) {
      throw new Refusal(
          new Reason.MethodNotAllowed(
              Set.of(method), "AADSTS900561: The endpoint only accepts " + method + " requests."));
    }
  }

  private static Refusal invalidTenant(String message) {
    return new Refusal(new Reason.Invalid("invalid_request", message, null, List.of()));
  }
}
