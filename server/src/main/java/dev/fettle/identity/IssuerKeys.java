package dev.fettle.identity;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The keys of one trusted issuer, from its discovery document.
 *
 * <p>Fetched when first needed, then again when a token names a key that is not known (at most once
 * a minute, so that made-up key names cannot be used to flood the issuer) and once an hour, so that
 * a key that the issuer withdrew stops counting. Requests wait for a fetch only if they cannot go
 * on without it. While the issuer is away, the keys that are known stay good. These times are
 * counts of nanoseconds, so that a clock that is set or stopped neither floods the issuer nor keeps
 * it from being asked.
 */
final class IssuerKeys {

  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
  private static final Duration BETWEEN_FETCHES = Duration.ofMinutes(1);
  private static final Duration BETWEEN_FAILURES = Duration.ofSeconds(10);
  private static final Duration FRESH = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(4);
  private static final int LARGEST_DOCUMENT = 1 << 20;
  private static final int MOST_KEYS = 100;
  private static final int MOST_TRIED_WITHOUT_NAME = 8;

  private final TrustedIssuer issuer;
  private final HttpClient http;
  private final LongSupplier nanos;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile State state = new State(0, List.of(), null, null, false);

  /** The state after so many attempts, with the time of the last one. */
  private record State(
      int attempts,
      List<VerificationKey> keys,
      @Nullable Long fetched,
      @Nullable Long attempted,
      boolean failed) {

    boolean mayFetch(long now) {
      return attempted == null
          || now - attempted >= (failed ? BETWEEN_FAILURES : BETWEEN_FETCHES).toNanos();
    }

    boolean isStale(long now) {
      return fetched == null || now - fetched >= FRESH.toNanos();
    }
  }

  IssuerKeys(TrustedIssuer issuer, HttpClient http, LongSupplier nanos) {
    this.issuer = issuer;
    this.http = http;
    this.nanos = nanos;
  }

  TrustedIssuer issuer() {
    return issuer;
  }

  /**
   * The keys that may have signed a token.
   *
   * @param kid the key's name in the token's header, or null
   * @throws Refusal with {@link Reason.Unavailable} if no key was ever fetched and the issuer does
   *     not answer
   */
  List<VerificationKey> candidates(@Nullable String kid, String iss) {
    long now = nanos.getAsLong();
    State known = state;
    if (known.isStale(now) && known.mayFetch(now)) {
      known = refresh(known, known.fetched() == null);
    }
    List<VerificationKey> found = matching(known, kid, iss);
    if (found.isEmpty() && known.mayFetch(now)) {
      known = refresh(known, true);
      found = matching(known, kid, iss);
    }
    if (known.fetched() == null) {
      throw new Refusal(
          new Reason.Unavailable(
              BETWEEN_FAILURES,
              "The access token cannot be checked now: its issuer does not answer with its keys."));
    }
    return found;
  }

  /** True while a key found earlier still counts. */
  boolean stillHas(VerificationKey key) {
    return state.keys().stream().anyMatch(one -> one.thumbprint().equals(key.thumbprint()));
  }

  private List<VerificationKey> matching(State known, @Nullable String kid, String iss) {
    return known.keys().stream()
        .filter(key -> kid == null || kid.equals(key.kid()))
        .filter(
            key ->
                key.onlyFor() == null
                    || key.onlyFor().equals(iss)
                    || key.onlyFor().equals(issuer.issuer()))
        .limit(MOST_TRIED_WITHOUT_NAME)
        .toList();
  }

  private State refresh(State seen, boolean wait) {
    if (wait) {
      fetching.lock();
    } else if (!fetching.tryLock()) {
      return seen;
    }
    try {
      State latest = state;
      if (latest.attempts() != seen.attempts()) {
        return latest;
      }
      State fresh = fetch(seen);
      state = fresh;
      return fresh;
    } finally {
      fetching.unlock();
    }
  }

  private State fetch(State seen) {
    try {
      JsonNode configuration = get(issuer.discovery());
      String named = configuration.path("issuer").asString("");
      if (!named.equals(issuer.issuer())) {
        throw new IOException("its configuration names another issuer");
      }
      List<VerificationKey> keys = new ArrayList<>();
      JsonNode set =
          get(TrustedIssuer.requireSafe(configuration.path("jwks_uri").asString(""))).path("keys");
      for (JsonNode jwk : set) {
        if (keys.size() < MOST_KEYS) {
          VerificationKey.of(jwk).ifPresent(keys::add);
        }
      }
      if (keys.isEmpty()) {
        throw new IOException("it publishes no key for RS256 or ES256");
      }
      long now = nanos.getAsLong();
      return new State(seen.attempts() + 1, List.copyOf(keys), now, now, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(seen, "interrupted");
    } catch (IOException | IllegalArgumentException | Refusal e) {
      return failed(seen, e.getClass().getSimpleName() + " " + e.getMessage());
    }
  }

  private State failed(State seen, String why) {
    LOG.warn(
        "event=issuer.keys.failed issuer={} known={} reason=\"{}\"",
        issuer.issuer(),
        seen.keys().size(),
        why);
    return new State(seen.attempts() + 1, seen.keys(), seen.fetched(), nanos.getAsLong(), true);
  }

  private JsonNode get(URI address) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address).header("Accept", "application/json").build();
    // A request's own timeout ends with the header fields; a body that drips must end too.
    CompletableFuture<HttpResponse<byte[]>> sent =
        http.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofByteArray(), LARGEST_DOCUMENT));
    try {
      HttpResponse<byte[]> answer = sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() != 200) {
        throw new IOException("HTTP status " + answer.statusCode() + " from " + address);
      }
      return Json.read(answer.body());
    } catch (TimeoutException e) {
      throw new IOException(
          "no whole answer within " + PATIENCE.toSeconds() + " s from " + address, e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      sent.cancel(true);
    }
  }
}
