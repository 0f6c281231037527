package dev.fettle.agent.ddi;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests for any number of devices: limits, time-outs, repetition, redirects.
 *
 * <p>Redirects are followed here and not by the HTTP library, because a credential must not travel
 * to another host with them.
 */
public final class DdiHttp implements AutoCloseable {
  private static final int LARGEST_ANSWER = 1 << 20;
  private static final int MOST_REDIRECTS = 8;
  private static final ContentType JSON = ContentType.create("application/json");

  private final CloseableHttpClient http;
  private final Retry retry;
  private final RandomGenerator random;
  private final Pause pause;
  private final Duration patience;

  /**
   * Opens no connection yet.
   *
   * @param caFile certificates (PEM) to trust instead of the usual ones; null for those
   * @param patience the longest that the next bytes of an answer may take
   * @throws IOException if the certificates cannot be read
   */
  public DdiHttp(
      @Nullable Path caFile, Retry retry, RandomGenerator random, Pause pause, Duration patience)
      throws IOException {
    this.http = DdiConnections.client(caFile, patience);
    this.retry = retry;
    this.random = random;
    this.pause = pause;
    this.patience = patience;
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

  /** Sends until it is answered with 200 or there is no point in another attempt. */
  byte[] exchange(ClassicRequestBuilder request) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      Duration wait = retry.before(attempt, random);
      try (ClassicHttpResponse response = once(request)) {
        byte[] body = whole(request.getUri(), response);
        int status = response.getCode();
        if (status == 200) {
          return body;
        }
        DdiException refusal =
            new DdiException(
                status, said(request.getMethod(), request.getUri(), status) + words(body));
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

  private static byte[] whole(URI address, ClassicHttpResponse response) throws IOException {
    byte[] body = body(response).readNBytes(LARGEST_ANSWER + 1);
    if (body.length > LARGEST_ANSWER) {
      throw new IOException(address + " answered with more than " + LARGEST_ANSWER + " bytes");
    }
    return body;
  }

  /**
   * Sends once and follows redirects; {@code authorization} stays on the first address's host.
   *
   * @return the answer, to be closed; closing it before its end closes the connection
   */
  ClassicHttpResponse open(URI address, @Nullable String authorization, Map<String, String> headers)
      throws IOException, InterruptedException {
    URI target = address;
    String credential = authorization;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      ClassicRequestBuilder request = ClassicRequestBuilder.get(target);
      headers.forEach(request::addHeader);
      if (credential != null) {
        request.addHeader("Authorization", credential);
      }
      ClassicHttpResponse response = once(request);
      int status = response.getCode();
      if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) {
        return response;
      }
      response.close();
      String location = header(response, "Location");
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

  private ClassicHttpResponse once(ClassicRequestBuilder request)
      throws IOException, InterruptedException {
    ClassicHttpRequest built = request.build();
    try {
      return http.executeOpen(null, built, null);
    } catch (SocketTimeoutException e) {
      throw new IOException("no answer from " + request.getUri() + " within " + patience, e);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        // A blocked virtual thread that is interrupted loses its socket.
        throw new InterruptedException("interrupted while waiting for an answer");
      }
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new IOException(request.getMethod() + " " + request.getUri() + ": " + reason, e);
    }
  }

  /** The body of an answer, empty if it has none. */
  static InputStream body(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    return entity == null ? InputStream.nullInputStream() : entity.getContent();
  }

  /** A header of an answer, empty if it has none of this name. */
  static String header(HttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null || header.getValue() == null ? "" : header.getValue();
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

  /** A request in the name of a device; it is answered with JSON or with nothing. */
  static ClassicRequestBuilder request(String method, URI address, DdiCredential credential) {
    return ClassicRequestBuilder.create(method)
        .setUri(address)
        .addHeader("Accept", "application/json")
        .addHeader("Authorization", credential.header());
  }

  static HttpEntity json(byte[] bytes) {
    return new ByteArrayEntity(bytes, JSON);
  }

  private static Duration retryAfter(HttpResponse response) {
    String text = header(response, "Retry-After");
    return text.matches("[0-9]{1,4}") ? Duration.ofSeconds(Integer.parseInt(text)) : Duration.ZERO;
  }

  /** Closes all connections at once, whatever is under way on them. */
  @Override
  public void close() {
    http.close(CloseMode.IMMEDIATE);
  }
}
