package dev.fettle.agent.ddi;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests for any number of devices: limits, time-outs, repetition, redirects.
 *
 * <p>Redirects are followed here and not by the JDK's client, because a credential must not travel
 * to another host with them.
 */
public final class DdiHttp implements AutoCloseable {
  private static final int LARGEST_ANSWER = 1 << 20;
  private static final int MOST_REDIRECTS = 8;

  private final HttpClient http;
  private final Retry retry;
  private final RandomGenerator random;
  private final Pause pause;
  private final Duration patience;

  /**
   * @param patience the longest that an answer, or the next bytes of a download, may take
   */
  public DdiHttp(
      HttpClient http, Retry retry, RandomGenerator random, Pause pause, Duration patience) {
    this.http = http;
    this.retry = retry;
    this.random = random;
    this.pause = pause;
    this.patience = patience;
  }

  /** The HTTP client to use: HTTP/1.1, and the certificates of a file beside the usual ones. */
  public static HttpClient client(@Nullable Path caFile) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(15))
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if (caFile != null) {
      builder.sslContext(trusting(caFile));
    }
    return builder.build();
  }

  private static SSLContext trusting(Path caFile) throws IOException {
    try (InputStream pem = Files.newInputStream(caFile)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      if (number == 0) {
        throw new IOException("there is no certificate in " + caFile);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read the certificates of " + caFile + ": " + e.getMessage(), e);
    }
  }

  Retry retry() {
    return retry;
  }

  RandomGenerator random() {
    return random;
  }

  void pause(Duration time) throws InterruptedException {
    pause.pause(time);
  }

  Duration patience() {
    return patience;
  }

  /** Sends until it is answered with 200 or there is no point in another attempt. */
  byte[] exchange(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpRequest built = request.build();
    for (int attempt = 1; ; attempt++) {
      Duration wait = retry.before(attempt, random);
      try {
        HttpResponse<byte[]> response =
            once(built, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
        if (response.statusCode() == 200) {
          return response.body();
        }
        DdiException refusal =
            new DdiException(
                response.statusCode(),
                said(built.method(), built.uri(), response.statusCode()) + words(response.body()));
        if (!refusal.passing() || attempt >= retry.attempts()) {
          throw refusal;
        }
        Duration asked = retryAfter(response);
        wait = asked.compareTo(wait) > 0 ? asked : wait;
      } catch (DdiException e) {
        throw e;
      } catch (IOException e) {
        if (attempt >= retry.attempts()) {
          throw e;
        }
      }
      pause.pause(wait);
    }
  }

  /** Sends once and follows redirects; {@code authorization} stays on the first address's host. */
  HttpResponse<InputStream> open(URI address, @Nullable String authorization, String... headers)
      throws IOException, InterruptedException {
    URI target = address;
    String credential = authorization;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      HttpRequest.Builder request = HttpRequest.newBuilder(target).GET();
      if (credential != null) {
        request.header("Authorization", credential);
      }
      if (headers.length > 0) {
        request.headers(headers);
      }
      HttpResponse<InputStream> response = once(request.build(), BodyHandlers.ofInputStream());
      int status = response.statusCode();
      if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) {
        return response;
      }
      response.body().close();
      String location = response.headers().firstValue("Location").orElse("");
      URI next = DdiJson.uri(resolve(target, location));
      if (next == null) {
        throw new DdiException(status, "a redirect to '" + location + "' cannot be followed");
      }
      if (!sameOrigin(target, next)) {
        credential = null;
      }
      target = next;
    }
    throw new DdiException(302, "more than " + MOST_REDIRECTS + " redirects from " + address);
  }

  private static String resolve(URI base, String location) {
    try {
      return base.resolve(location).toString();
    } catch (IllegalArgumentException e) {
      return location;
    }
  }

  static boolean sameOrigin(URI a, URI b) {
    return a.getScheme().equalsIgnoreCase(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort();
  }

  private <T> HttpResponse<T> once(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request, handler);
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer from " + request.uri() + " within " + patience, e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      // The JDK's client leaves it without words.
      String otherwise = cause instanceof ConnectException ? "no connection" : cause.toString();
      String reason = cause.getMessage() == null ? otherwise : cause.getMessage();
      throw new IOException(request.method() + " " + request.uri() + ": " + reason, cause);
    }
  }

  static DdiException refused(String method, URI address, int status) {
    return new DdiException(status, said(method, address, status));
  }

  private static String said(String method, URI address, int status) {
    return method + " " + address + " was answered with " + status;
  }

  /** What a server says to people about a refusal; no part of the protocol. */
  private static String words(byte[] body) {
    try {
      String message = JsonMapper.shared().readTree(body).path("message").asString("");
      String plain = message.replaceAll("\\p{Cntrl}", " ").strip();
      return plain.isEmpty() ? "" : ": " + plain.substring(0, Math.min(300, plain.length()));
    } catch (JacksonException e) {
      return "";
    }
  }

  static HttpRequest.Builder json(URI address, DdiCredential credential) {
    return HttpRequest.newBuilder(address)
        .header("Accept", "application/json")
        .header("Authorization", credential.header());
  }

  static BodyPublisher body(byte[] bytes) {
    return HttpRequest.BodyPublishers.ofByteArray(bytes);
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    String text = response.headers().firstValue("Retry-After").orElse("");
    return text.matches("[0-9]{1,4}") ? Duration.ofSeconds(Integer.parseInt(text)) : Duration.ZERO;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
