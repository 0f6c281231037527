package dev.fettle.vpp.apple;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fettle.base.Sha256;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests to Apple, with their rate, deadlines and repeats, and the judgement of the answers.
 *
 * <p>What may be repeated is repeated after any trouble that may pass. What may not is repeated
 * only where it cannot have been worked on: no connection came about, or Apple said that it was one
 * request too many. Redirects are not followed, since they would carry the content token elsewhere.
 */
final class AppleHttp implements AutoCloseable {

  private static final int LARGEST_ANSWER = 32 * 1024 * 1024;

  /** A longer wait is not slept through here: the caller comes back later instead. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  /** A way to wait between requests, passed in so that tests need not wait. */
  @FunctionalInterface
  interface Sleeper {
    /** Returns after that long. */
    void sleep(Duration length) throws InterruptedException;
  }

  /** One request: a GET, or with a body a POST. */
  record Request(
      URI uri,
      @Nullable ContentToken token,
      boolean tokenAsCookie,
      @Nullable String body,
      boolean repeatable) {}

  private sealed interface Outcome {
    record Answered(ObjectNode body) implements Outcome {}

    record Failed(AppleFailure.Kind kind, @Nullable Duration retryAfter, boolean unprocessed)
        implements Outcome {}
  }

  private final AppleSettings settings;
  private final InstantSource clock;
  private final Sleeper sleeper;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final @Nullable SSLContext trust;
  private @Nullable HttpClient http;
  private final Cache<String, RateLimit> limits =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterAccess(Duration.ofHours(2)).build();
  private final Cache<String, String> libraries =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterAccess(Duration.ofHours(2)).build();

  AppleHttp(
      AppleSettings settings, InstantSource clock, Sleeper sleeper, @Nullable SSLContext trust) {
    this.settings = settings;
    this.clock = clock;
    this.sleeper = sleeper;
    this.trust = trust;
  }

  /**
   * Made when first needed: it reads Java's authorities, which a server without vppTokens need not.
   */
  private synchronized HttpClient http() {
    if (http != null) {
      return http;
    }
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(settings.connect())
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(threads);
    if ("http".equalsIgnoreCase(settings.baseUrl().getScheme())) {
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    if (trust != null) {
      builder.sslContext(trust);
    }
    http = builder.build();
    return http;
  }

  /** Remembers which library a content token opens, so that its tokens share one limit. */
  void opens(ContentToken token, String libraryId) {
    libraries.put(fingerprint(token), libraryId);
  }

  /** Sends a request until there is an answer, or no time left for one. */
  ObjectNode send(Request request, int perSecond) {
    RateLimit limit = limit(request.token());
    long deadline = System.nanoTime() + settings.call().toNanos();
    Duration wait = settings.firstPause();
    try {
      for (int attempt = 1; ; attempt++) {
        switch (attempt(request, limit, perSecond, deadline)) {
          case Outcome.Answered(ObjectNode body) -> {
            return body;
          }
          case Outcome.Failed(AppleFailure.Kind kind, Duration retryAfter, boolean unprocessed) -> {
            Duration next = retryAfter == null ? wait : retryAfter;
            if (limit != null && retryAfter != null) {
              limit.hold(System.nanoTime() + retryAfter.toNanos());
            }
            boolean goesOn =
                attempt < settings.attempts()
                    && (request.repeatable() || unprocessed)
                    && next.compareTo(LONGEST_PAUSE) <= 0
                    && System.nanoTime() + next.toNanos() - deadline < 0;
            if (!goesOn) {
              throw new AppleFailure(kind);
            }
            sleeper.sleep(next);
            wait = wait.multipliedBy(2);
          }
        }
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  @Override
  public synchronized void close() {
    if (http != null) {
      http.shutdownNow();
    }
    threads.shutdownNow();
  }

  private Outcome attempt(Request request, @Nullable RateLimit limit, int perSecond, long deadline)
      throws InterruptedException {
    if (limit == null) {
      return exchange(request, deadline);
    }
    if (!limit.places.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      throw unavailable("too many requests of ours are under way", null);
    }
    try {
      long wait = limit.reserve(System.nanoTime(), perSecond);
      if (wait > LONGEST_PAUSE.toNanos() || System.nanoTime() + wait - deadline > 0) {
        throw unavailable("asked to wait", Duration.ofNanos(wait));
      }
      if (wait > 0) {
        sleeper.sleep(Duration.ofNanos(wait));
      }
      return exchange(request, deadline);
    } finally {
      limit.places.release();
    }
  }

  private Outcome exchange(Request request, long deadline) throws InterruptedException {
    long left = Math.min(settings.answer().toNanos(), deadline - System.nanoTime());
    if (left <= 0) {
      return trouble("no answer in time", null, false);
    }
    // The future's own limit ends a body that trickles; the request's ends only a missing head.
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http()
            .sendAsync(
                httpRequest(request),
                HttpResponse.BodyHandlers.limiting(
                    HttpResponse.BodyHandlers.ofByteArray(), LARGEST_ANSWER));
    try {
      return judge(exchange.get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return trouble("no answer in time", null, false);
    } catch (ExecutionException e) {
      return broken(e.getCause());
    } finally {
      exchange.cancel(true);
    }
  }

  private static Outcome broken(@Nullable Throwable cause) {
    return switch (cause) {
      case ConnectException _ -> trouble("no connection", null, true);
      case HttpConnectTimeoutException _ -> trouble("no connection in time", null, true);
      case HttpTimeoutException _ -> trouble("no answer in time", null, false);
      case SSLHandshakeException tls -> insecure(tls);
      case IOException _ -> trouble("the connection broke", null, false);
      case null -> throw new IllegalStateException("An exchange failed without a cause");
      default -> throw new IllegalStateException("An exchange failed", cause);
    };
  }

  /** Nothing was sent; asking again at once does not make a certificate better. */
  private static Outcome insecure(SSLHandshakeException failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      String why =
          switch (cause) {
            case CertPathBuilderException _ -> "is from no authority that this server trusts";
            case CertificateExpiredException _ -> "has expired";
            case CertificateNotYetValidException _ -> "is not valid yet";
            case CertificateException e when namesOthers(e) -> "is for another name";
            default -> null;
          };
      if (why != null) {
        throw unavailable("its certificate " + why, null);
      }
    }
    return trouble("no secure connection", null, true);
  }

  /** Java has no type for it. */
  private static boolean namesOthers(CertificateException e) {
    String message = e.getMessage();
    return message != null
        && (message.startsWith("No subject alternative ")
            || message.startsWith("No name matching"));
  }

  private Outcome judge(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    Duration retryAfter =
        retryAfter(response.headers().firstValue("Retry-After").orElse(""), clock.instant());
    ObjectNode body = AppleJson.read(response.body());
    AppleError error = body == null ? null : AppleJson.error(body);
    if (error != null && error.remedy() != AppleError.Remedy.RETRY) {
      throw new AppleFailure(new AppleFailure.Kind.Refused(status, error));
    }
    if (error != null) {
      return trouble(
          "error %d (%s)".formatted(error.number(), error.meaning()),
          retryAfter,
          error.number() == AppleError.TOO_MANY_REQUESTS);
    }
    if (status == 429 || status >= 500) {
      return trouble("HTTP " + status, retryAfter, status == 429);
    }
    if (body == null || status < 200 || status > 299) {
      String what = body == null ? "with a body that is not JSON" : "without an error number";
      return new Outcome.Failed(
          new AppleFailure.Kind.Unreadable("HTTP %d %s".formatted(status, what)),
          retryAfter,
          false);
    }
    return new Outcome.Answered(body);
  }

  /** The {@code Retry-After} header, never negative and at most an hour; null if it is none. */
  private static @Nullable Duration retryAfter(String header, Instant now) {
    String text = header.strip();
    try {
      Duration wait =
          !text.isEmpty() && Character.isDigit(text.charAt(0))
              ? Duration.ofMillis((long) (Math.min(Double.parseDouble(text), 1e9) * 1000))
              : Duration.between(
                  now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return Collections.min(
          List.of(LONGEST_RETRY_AFTER, Collections.max(List.of(Duration.ZERO, wait))));
    } catch (NumberFormatException | DateTimeException e) {
      return null;
    }
  }

  private HttpRequest httpRequest(Request request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.uri())
            .timeout(settings.answer())
            .header("Accept", "application/json")
            .header("User-Agent", "Fettle");
    ContentToken token = request.token();
    if (token != null && request.tokenAsCookie()) {
      builder.header("Cookie", "itvt=" + token.reveal());
    } else if (token != null) {
      builder.header("Authorization", "Bearer " + token.reveal());
    }
    String body = request.body();
    if (body == null) {
      return builder.build();
    }
    return builder
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
        .build();
  }

  private @Nullable RateLimit limit(@Nullable ContentToken token) {
    if (token == null) {
      return null;
    }
    String fingerprint = fingerprint(token);
    String library = libraries.getIfPresent(fingerprint);
    return limits.get(library == null ? fingerprint : library, key -> new RateLimit());
  }

  private static Outcome trouble(String what, @Nullable Duration retryAfter, boolean unprocessed) {
    return new Outcome.Failed(
        new AppleFailure.Kind.Unavailable(what, retryAfter), retryAfter, unprocessed);
  }

  private static AppleFailure unavailable(String what, @Nullable Duration retryAfter) {
    return new AppleFailure(new AppleFailure.Kind.Unavailable(what, retryAfter));
  }

  static AppleFailure interrupted() {
    Thread.currentThread().interrupt();
    return unavailable("the server is stopping", null);
  }

  /** Stands for a content token where its text must not lie about. */
  private static String fingerprint(ContentToken token) {
    return Sha256.hex(token.reveal());
  }
}
