package dev.fettle.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import dev.fettle.base.Refusal;
import dev.fettle.base.Sha256;
import dev.fettle.json.Json;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Verifies access tokens: signed with RS256 or ES256 by a trusted issuer or by this server, meant
 * for Graph or this server, in force, and of a tenant that this server knows.
 *
 * <p>What was verified is remembered by the SHA-256 of the token, so that a caller who comes again
 * costs no signature check; the lifetime is checked each time, and a token whose key its issuer
 * withdrew is verified anew. Safe for concurrent use. Tokens and their parts never reach a log or a
 * message.
 */
public final class TokenVerifier implements Authenticator, AutoCloseable {

  /** Real tokens stay below half of this; the HTTP edge limits all header fields to 32 KiB. */
  static final int LARGEST_TOKEN = 16_384;

  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final int REMEMBERED = 10_000;
  private static final int LONGEST_KEY_NAME = 256;

  private final List<IssuerKeys> issuers;
  private final Audiences audiences;
  private final @Nullable OwnIssuer builtIn;
  private final Predicate<String> knowsTenant;
  private final InstantSource clock;
  private final @Nullable HttpClient http;
  private final Cache<String, Verified> verified =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  /** A token whose signature held, and what it was checked against. */
  private record Verified(
      Claims claims, Caller caller, Duration skew, VerificationKey key, @Nullable IssuerKeys by) {}

  /** The three parts of a token. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Parts(
      JWSHeader header, @Nullable String nonce, JsonNode payload, byte[] input, Base64URL mark) {}

  /**
   * A verifier that trusts these issuers.
   *
   * @param audiences names of this server, beside those of Graph
   * @param builtIn this server's own issuer, or null if it has none
   * @param knowsTenant whether a tenant of this id is served here; asked once its token is good
   */
  public TokenVerifier(
      List<TrustedIssuer> trusted,
      Set<String> audiences,
      @Nullable OwnIssuer builtIn,
      Predicate<String> knowsTenant,
      InstantSource clock) {
    this(trusted, audiences, builtIn, knowsTenant, clock, null);
  }

  /**
   * The same, with a word on whose certificates are believed.
   *
   * @param trust for the addresses of the trusted issuers; null for the authorities that Java
   *     trusts
   */
  public TokenVerifier(
      List<TrustedIssuer> trusted,
      Set<String> audiences,
      @Nullable OwnIssuer builtIn,
      Predicate<String> knowsTenant,
      InstantSource clock,
      @Nullable SSLContext trust) {
    this(trusted, audiences, builtIn, knowsTenant, clock, trust, System::nanoTime);
  }

  TokenVerifier(
      List<TrustedIssuer> trusted,
      Set<String> audiences,
      @Nullable OwnIssuer builtIn,
      Predicate<String> knowsTenant,
      InstantSource clock,
      @Nullable SSLContext trust,
      LongSupplier nanos) {
    // Who trusts nobody asks nobody, and is spared the reading of Java's authorities.
    HttpClient client = trusted.isEmpty() ? null : client(trust);
    this.http = client;
    this.issuers =
        client == null
            ? List.of()
            : trusted.stream().map(one -> new IssuerKeys(one, client, nanos)).toList();
    this.audiences = Audiences.GRAPH.with(audiences);
    this.builtIn = builtIn;
    this.knowsTenant = knowsTenant;
    this.clock = clock;
  }

  private static HttpClient client(@Nullable SSLContext trust) {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(3))
            .followRedirects(HttpClient.Redirect.NEVER);
    return (trust == null ? client : client.sslContext(trust)).build();
  }

  @Override
  public Caller authenticate(@Nullable String authorization) {
    String token = bearer(authorization);
    if (token.length() > LARGEST_TOKEN) {
      throw TokenRules.refuse(TokenRules.MALFORMED);
    }
    String hash = Base64.getEncoder().encodeToString(Sha256.of(token));
    Verified known = verified.getIfPresent(hash);
    if (known != null && stillHolds(known)) {
      TokenRules.requireLifetime(known.claims(), clock.instant(), known.skew());
      return known.caller();
    }
    Verified fresh = verify(token);
    verified.put(hash, fresh);
    return fresh.caller();
  }

  @Override
  public String authority(String origin) {
    return issuers.isEmpty()
        ? Authenticator.super.authority(builtIn == null ? origin : builtIn.root(origin))
        : issuers.getFirst().issuer().address();
  }

  /** Lets go of the connections to the issuers. */
  @Override
  public void close() {
    if (http != null) {
      http.shutdownNow();
    }
  }

  private static String bearer(@Nullable String authorization) {
    if (authorization == null || authorization.isBlank()) {
      throw TokenRules.refuse(TokenRules.EMPTY);
    }
    String value = authorization.strip();
    if (!value.regionMatches(true, 0, "Bearer", 0, 6)
        || (value.length() > 6 && value.charAt(6) != ' ')) {
      throw TokenRules.refuse(
          "Access token is empty. The Authorization header is not of the form 'Bearer <token>'.");
    }
    String token = value.substring(6).strip();
    if (token.isEmpty()) {
      throw TokenRules.refuse(TokenRules.EMPTY);
    }
    return token;
  }

  private static boolean stillHolds(Verified known) {
    return known.by() == null || known.by().stillHas(known.key());
  }

  private Verified verify(String token) {
    Parts parts = parts(token);
    Claims claims = ClaimsJson.read(parts.payload());
    String iss = claims.iss();
    if (iss == null) {
      throw TokenRules.refuse(TokenRules.BAD_ISSUER);
    }
    if (TokenRules.CONSUMERS.equals(claims.tid()) && iss.contains(TokenRules.CONSUMERS)) {
      // Said before the issuer is looked up, since nobody trusts the issuer of these.
      throw TokenRules.refuse(TokenRules.PERSONAL);
    }
    Optional<IssuerKeys> trusted =
        issuers.stream().filter(one -> one.issuer().matches(iss, claims.tid())).findFirst();
    return trusted.isPresent()
        ? verifyTrusted(trusted.get(), iss, parts, claims)
        : verifyOwn(iss, parts, claims);
  }

  private Verified verifyOwn(String iss, Parts parts, Claims claims) {
    OwnIssuer own = builtIn;
    if (own == null || !own.isIssuer(iss, claims.tid())) {
      throw TokenRules.refuse(TokenRules.BAD_ISSUER);
    }
    VerificationKey key = signer(parts, own.keys(parts.header().getKeyID()));
    return admit(claims, null, audiences, Duration.ZERO, key, null);
  }

  private Verified verifyTrusted(IssuerKeys by, String iss, Parts parts, Claims claims) {
    TrustedIssuer issuer = by.issuer();
    VerificationKey key = signer(parts, by.candidates(parts.header().getKeyID(), iss));
    if (issuer.tenantId() == null
        && !issuer.tenants().isEmpty()
        && !issuer.tenants().contains(String.valueOf(claims.tid()))) {
      throw TokenRules.refuse(
          "Access token validation failure. This server takes no tokens of that tenant from this"
              + " issuer.");
    }
    return admit(claims, issuer.tenantId(), audiences.with(issuer.audiences()), SKEW, key, by);
  }

  private Verified admit(
      Claims claims,
      @Nullable String tenantId,
      Audiences accepted,
      Duration skew,
      VerificationKey key,
      @Nullable IssuerKeys by) {
    Caller caller = TokenRules.caller(claims, tenantId, accepted, clock.instant(), skew);
    if (!knowsTenant.test(caller.tenantId())) {
      throw TokenRules.refuse(
          "Access token validation failure. The tenant of the token is not known to this server.");
    }
    return new Verified(claims, caller, skew, key, by);
  }

  private static VerificationKey signer(Parts parts, List<VerificationKey> candidates) {
    Optional<VerificationKey> signer =
        candidates.stream()
            .filter(key -> key.signed(parts.header(), parts.input(), parts.mark()))
            .findFirst();
    if (signer.isEmpty() && parts.nonce() != null) {
      throw TokenRules.refuse(
          TokenRules.BAD_SIGNATURE
              + " Tokens that Entra issues for Microsoft Graph itself can be checked by Microsoft"
              + " only: register an API of your own in Entra, name it as an audience here, and ask"
              + " for a token for it.");
    }
    return signer.orElseThrow(() -> TokenRules.refuse(TokenRules.BAD_SIGNATURE));
  }

  private static Parts parts(String token) {
    String[] texts = token.split("\\.", -1);
    if (texts.length != 3) {
      throw TokenRules.refuse(TokenRules.MALFORMED);
    }
    JsonNode header = json(texts[0]);
    JsonNode payload = json(texts[1]);
    byte[] _ = bytes(texts[2]);
    String algorithm = header.path("alg").asString("");
    if (!algorithm.equals("RS256") && !algorithm.equals("ES256")) {
      throw TokenRules.refuse(
          TokenRules.BAD_SIGNATURE + " Tokens must be signed with RS256 or ES256.");
    }
    JsonNode kid = header.path("kid");
    if (header.has("crit")
        || (header.has("kid")
            && (!kid.isString() || kid.stringValue().length() > LONGEST_KEY_NAME))) {
      throw TokenRules.refuse(TokenRules.MALFORMED);
    }
    try {
      return new Parts(
          JWSHeader.parse(new Base64URL(texts[0])),
          header.path("nonce").isString() ? header.path("nonce").stringValue() : null,
          payload,
          (texts[0] + '.' + texts[1]).getBytes(StandardCharsets.US_ASCII),
          new Base64URL(texts[2]));
    } catch (ParseException | IllegalArgumentException e) {
      throw TokenRules.refuse(TokenRules.MALFORMED);
    }
  }

  private static JsonNode json(String part) {
    try {
      JsonNode node = Json.read(bytes(part));
      if (node.isObject()) {
        return node;
      }
    } catch (Refusal e) {
      throw TokenRules.refuse(TokenRules.MALFORMED);
    }
    throw TokenRules.refuse(TokenRules.MALFORMED);
  }

  /**
   * The bytes of a part in the only form that they have (RFC 7515): no padding, nothing beside, no
   * bits left over. Else one token had many forms, and who looks out for one misses the others.
   */
  private static byte[] bytes(String part) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(part);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw TokenRules.refuse(TokenRules.BAD_PART);
    }
    throw TokenRules.refuse(TokenRules.BAD_PART);
  }
}
