package dev.fettle.identity;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.http.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client credentials flow: an app gets a token for itself by its id and secret.
 *
 * <p>A client that the operator made gets its own permissions for its own secret. In development
 * mode any other client id gets, for any secret, the permissions that it names in its scope, or all
 * that this server knows.
 */
final class TokenEndpoint {

  /** As long as Entra's shortest. */
  private static final Duration LIFETIME = Duration.ofSeconds(3599);

  private static final Set<String> TOLERATED =
      Set.of("openid", "profile", "offline_access", "email");
  private static final String GRAPH = "https://graph.microsoft.com";
  private static final int LONGEST_CLIENT_ID = 256;

  private final IssuerMode mode;
  private final BuiltInIssuer issuer;
  private final Clients clients;
  private final Audiences audiences;
  private final Supplier<KnownPermissions> known;

  private record Credentials(String clientId, @Nullable String secret) {}

  /** A token, and for whom it is. */
  record Issued(IssuedToken token, String audience) {}

  /** The wish of a scope: an audience, and permissions by name; none means the usual ones. */
  private record Wanted(String audience, Set<String> permissions) {}

  TokenEndpoint(
      IssuerMode mode,
      BuiltInIssuer issuer,
      Clients clients,
      Audiences audiences,
      Supplier<KnownPermissions> known) {
    this.mode = mode;
    this.issuer = issuer;
    this.clients = clients;
    this.audiences = audiences;
    this.known = known;
  }

  /**
   * Answers a form with a token.
   *
   * @param asking the field that says what the token is for: {@code scope}, or {@code resource} of
   *     the first version of the protocol, which may be given a scope all the same
   * @throws Refusal with an error code of OAuth
   */
  Issued answer(Request request, Tenant tenant, String asking) {
    Form form = Form.read(request);
    String grantType = form.optional("grant_type");
    if (grantType == null) {
      throw invalid(
          "invalid_request",
          "AADSTS900144: The request body must contain the following parameter: 'grant_type'.");
    }
    if (!grantType.equals("client_credentials")) {
      throw invalid(
          "unsupported_grant_type",
          "AADSTS70003: The app requested an unsupported grant type. The built-in issuer knows"
              + " client_credentials only; tokens for users come from a trusted issuer, or in"
              + " development from POST /fettle/dev/tokens.");
    }
    Credentials credentials = credentials(request, form);
    Wanted wanted = wanted(form, asking, request);
    Optional<Client> client =
        clients.authenticate(tenant.tenantId(), credentials.clientId(), credentials.secret());
    if (client.isEmpty() && mode == IssuerMode.OPERATION) {
      throw new Refusal(
          new Reason.Unauthenticated(
              "invalid_client",
              "AADSTS700016: There is no client of this id in the tenant. An operator makes one;"
                  + " see docs/operations.md."));
    }
    if (client.isEmpty() && credentials.secret() == null) {
      throw noSecret();
    }
    Set<String> permissions =
        client
            .map(one -> ofClient(one, wanted.permissions()))
            .orElseGet(() -> ofAnyone(wanted.permissions()));
    IssuedToken token =
        issuer.issue(
            new TokenGrant(
                tenant.tenantId(),
                credentials.clientId(),
                client.map(Client::name).orElse(null),
                null,
                permissions,
                wanted.audience(),
                LIFETIME),
            request.origin());
    return new Issued(token, wanted.audience());
  }

  private static Set<String> ofClient(Client client, Set<String> wanted) {
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(client.permissions());
    if (!missing.isEmpty()) {
      throw invalid(
          "invalid_scope",
          "AADSTS70011: The client does not have the permissions "
              + String.join(", ", missing)
              + ".");
    }
    return wanted.isEmpty() ? Set.copyOf(client.permissions()) : wanted;
  }

  private Set<String> ofAnyone(Set<String> wanted) {
    return wanted.isEmpty() ? known.get().application() : wanted;
  }

  private static Credentials credentials(Request request, Form form) {
    if (form.optional("client_assertion") != null) {
      throw new Refusal(
          new Reason.Unauthenticated(
              "invalid_client",
              "AADSTS700027: The built-in issuer takes secrets and no client assertions."));
    }
    String header = request.header("Authorization");
    Credentials credentials =
        header != null && header.regionMatches(true, 0, "Basic ", 0, 6)
            ? basic(header.substring(6).strip())
            : new Credentials(
                String.valueOf(form.fields().getOrDefault("client_id", "")).strip(),
                form.optional("client_secret"));
    if (credentials.clientId().isEmpty()) {
      throw invalid(
          "invalid_request",
          "AADSTS900144: The request body must contain the following parameter: 'client_id'.");
    }
    if (credentials.clientId().length() > LONGEST_CLIENT_ID
        || credentials.clientId().chars().anyMatch(Character::isISOControl)) {
      throw invalid("invalid_request", "AADSTS900023: The client id is not one.");
    }
    return credentials;
  }

  private static Credentials basic(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      if (colon > 0) {
        String secret = Form.decode(pair.substring(colon + 1));
        return new Credentials(
            Form.decode(pair.substring(0, colon)), secret.isEmpty() ? null : secret);
      }
    } catch (IllegalArgumentException e) {
      throw basicIsWrong();
    }
    throw basicIsWrong();
  }

  private static Refusal basicIsWrong() {
    return new Refusal(
        new Reason.Unauthenticated(
            "invalid_client",
            "AADSTS7000216: The Authorization header is not Basic as it should be."));
  }

  private static Refusal noSecret() {
    return new Refusal(
        new Reason.Unauthenticated(
            "invalid_client",
            "AADSTS7000216: 'client_secret' is required for the 'client_credentials' grant type."));
  }

  private Wanted wanted(Form form, String asking, Request request) {
    String resource = asking.equals("resource") ? form.optional(asking) : null;
    String scope = resource == null ? form.optional("scope") : resource + "/.default";
    if (scope == null) {
      throw invalid(
          "invalid_request",
          "AADSTS900144: The request body must contain the following parameter: '" + asking + "'.");
    }
    return wanted(scope, request);
  }

  private Wanted wanted(String scope, Request request) {
    Set<String> resources = new HashSet<>();
    List<String> permissions = new ArrayList<>();
    for (String one : scope.split("\\s+")) {
      if (TOLERATED.contains(one.toLowerCase(Locale.ROOT))) {
        continue;
      }
      int slash = one.lastIndexOf('/');
      String name = one.substring(slash + 1);
      // A resource may end in a slash itself: "https://host//.default" asks for "https://host/".
      String resource = Audiences.plain(slash < 0 ? GRAPH : one.substring(0, slash));
      if (!isHere(resource, request)) {
        throw invalid(
            "invalid_resource",
            "AADSTS500011: The scope names the resource '"
                + printable(resource)
                + "', which is not this server. Use "
                + GRAPH
                + "/.default.");
      }
      resources.add(audiences.has(resource) ? resource : GRAPH);
      if (!name.equals(".default")) {
        permissions.add(requirePermission(name));
      }
    }
    if (resources.size() != 1) {
      throw invalid(
          "invalid_scope",
          "AADSTS70011: The scope must name one resource, such as " + GRAPH + "/.default.");
    }
    return new Wanted(resources.iterator().next(), Set.copyOf(permissions));
  }

  private String requirePermission(String name) {
    if (!known.get().application().contains(name)) {
      throw invalid(
          "invalid_scope",
          "AADSTS70011: The scope names the permission '"
              + printable(name)
              + "', which opens nothing here. Use "
              + GRAPH
              + "/.default.");
    }
    return name;
  }

  /** Names of Graph, the names in the settings, and the host that was asked, with any port. */
  private boolean isHere(String resource, Request request) {
    if (audiences.has(resource)) {
      return true;
    }
    try {
      String host = URI.create(resource).getHost();
      String asked = URI.create(request.origin()).getHost();
      return host != null
          && asked != null
          && (host.equalsIgnoreCase(asked) || (isLoopback(host) && isLoopback(asked)));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost") || host.equals("[::1]") || host.startsWith("127.");
  }

  private static String printable(String text) {
    String shortened = text.length() > 200 ? text.substring(0, 200) : text;
    return shortened.replaceAll("\\p{Cntrl}", "?");
  }

  private static Refusal invalid(String code, String message) {
    return new Refusal(new Reason.Invalid(code, message, null, List.of()));
  }
}
