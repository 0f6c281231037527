package dev.fettle.identity;

import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An issuer whose access tokens are trusted.
 *
 * @param issuer what the {@code iss} claim says; may hold {@code {tenantid}} where the token's
 *     tenant stands, as Entra's issuers for many tenants do
 * @param discoveryUrl where the issuer's configuration document is; null for the usual place below
 *     the issuer, where {@code common} stands for {@code {tenantid}}
 * @param tenants the tenants whose tokens are taken; empty only for an issuer with {@code
 *     {tenantid}} or with {@code tenantId}, and then every tenant that this server knows
 * @param tenantId the tenant to which all of the issuer's tokens belong, for issuers whose tokens
 *     have no {@code tid} or whose {@code tid} is not to be believed; null otherwise
 * @param audiences audiences that this issuer's tokens may have beside those of Graph and the
 *     server
 */
public record TrustedIssuer(
    String issuer,
    @Nullable String discoveryUrl,
    Set<String> tenants,
    @Nullable String tenantId,
    Set<String> audiences) {

  static final String TENANT_PLACE = "{tenantid}";

  /**
   * Checks that the parts fit together.
   *
   * @throws IllegalArgumentException with a text for the operator
   */
  public TrustedIssuer {
    tenants = tenants.stream().map(Tenants::canonical).collect(Collectors.toUnmodifiableSet());
    tenantId = tenantId == null ? null : Tenants.canonical(tenantId);
    audiences = Set.copyOf(audiences);
    if (issuer.indexOf(TENANT_PLACE) != issuer.lastIndexOf(TENANT_PLACE)) {
      throw new IllegalArgumentException(
          "The trusted issuer '" + issuer + "' holds " + TENANT_PLACE + " more than once.");
    }
    if (!issuer.contains(TENANT_PLACE) && tenantId == null && tenants.isEmpty()) {
      throw new IllegalArgumentException(
          "The trusted issuer '"
              + issuer
              + "' needs the tenant to which its tokens belong, or the list of tenants for which"
              + " it may speak; without them it could speak for all.");
    }
    requireSafe(address(issuer));
    if (discoveryUrl != null) {
      requireSafe(discoveryUrl);
    }
  }

  /** An issuer that speaks for one tenant. */
  public static TrustedIssuer forTenant(String issuer, String tenantId) {
    return new TrustedIssuer(issuer, null, Set.of(), tenantId, Set.of());
  }

  /**
   * The tenants that the settings name for this issuer; an operator's server makes them at start.
   */
  public Set<String> namedTenants() {
    Set<String> named = new HashSet<>(tenants);
    if (tenantId != null) {
      named.add(tenantId);
    }
    return named;
  }

  boolean isTemplate() {
    return issuer.contains(TENANT_PLACE);
  }

  /** True if a token's {@code iss} is this issuer's for the token's own tenant. */
  boolean matches(String iss, @Nullable String tid) {
    return isTemplate()
        ? tid != null && issuer.replace(TENANT_PLACE, tid).equals(iss)
        : issuer.equals(iss);
  }

  /** The issuer's own address; an issuer for many tenants has one that is for all. */
  String address() {
    return address(issuer);
  }

  private static String address(String issuer) {
    return issuer.replace(TENANT_PLACE, "common");
  }

  /** The address of the configuration document. */
  URI discovery() {
    if (discoveryUrl != null) {
      return URI.create(discoveryUrl);
    }
    String base = address();
    return URI.create(
        (base.endsWith("/") ? base : base + "/") + ".well-known/openid-configuration");
  }

  /**
   * The address, if keys may be fetched from it.
   *
   * @throws IllegalArgumentException unless it is https, or http on a loopback address
   */
  static URI requireSafe(String url) {
    URI uri = URI.create(url);
    String host = uri.getHost() == null ? "" : uri.getHost();
    boolean loopback =
        host.equals("localhost")
            || host.equals("[::1]")
            || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    if (!"https".equals(uri.getScheme()) && !("http".equals(uri.getScheme()) && loopback)) {
      throw new IllegalArgumentException(
          "The issuer address '" + url + "' must be an https URL; http is for loopback only.");
    }
    return uri;
  }
}
