package dev.fettle.agent.ddi;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
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
  private static final int SLOWEST_BYTES_A_SECOND = 16 * 1024;
  private static final ContentType JSON = ContentType.create("application/json");

  private final CloseableHttpClient http;
  private final Retry retry;
  private final RandomGenerator random;
  private final Pause pause;
  private final Duration patience;
  private final ScheduledThreadPoolExecutor deadlines =
      new ScheduledThreadPoolExecutor(
          1,
          Thread.ofPlatform().daemon().name("ddi-deadlines").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  /**
   * Opens no connection yet.
   *
   * @param caFile certificates (PEM) to trust instead of the usual ones; null for those
   * @param patience the longest that an answer, or the next bytes of a download, may take
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
    this.deadlines.setRemoveOnCancelPolicy(true);
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
      try (Sending sending = new Sending(request);
          ClassicHttpResponse response = sending.answer()) {
        byte[] body = sending.whole(response);
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
      ClassicHttpResponse response;
      try (Sending sending = new Sending(request)) {
        response = sending.answer();
      }
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

  /**
   * One request until this is closed. It is given up when it has taken too long as a whole: of a
   * server that trickles, each next byte comes in time.
   */
  private final class Sending implements AutoCloseable {
    private final URI address;
    private final HttpUriRequestBase request;
    private final Future<?> end;

    Sending(ClassicRequestBuilder wanted) {
      address = wanted.getUri();
      request = new HttpUriRequestBase(wanted.getMethod(), address);
      request.setHeaders(wanted.getHeaders());
      HttpEntity content = wanted.getEntity();
      request.setEntity(content);
      // An upload may take its time on a slow line.
      long uploading = content == null ? 0 : content.getContentLength() / SLOWEST_BYTES_A_SECOND;
      end =
          deadlines.schedule(
              request::abort, patience.plusSeconds(uploading).toMillis(), TimeUnit.MILLISECONDS);
    }

    ClassicHttpResponse answer() throws IOException, InterruptedException {
      try {
        return http.executeOpen(null, request, null);
      } catch (IllegalStateException e) {
        // The library's word for a client that was closed when a device was about to ask.
        throw new IOException("the connection to " + address + " is closed", e);
      } catch (IOException e) {
        if (Thread.interrupted()) {
          // A blocked virtual thread that is interrupted loses its socket.
          throw new InterruptedException("interrupted while waiting for an answer");
        }
        throw explained(e);
      }
    }

    byte[] whole(ClassicHttpResponse response) throws IOException {
      byte[] body;
      try {
        body = body(response).readNBytes(LARGEST_ANSWER + 1);
      } catch (IOException e) {
        throw explained(e);
      }
      if (body.length > LARGEST_ANSWER) {
        throw new IOException(address + " answered with more than " + LARGEST_ANSWER + " bytes");
      }
      return body;
    }

    private IOException explained(IOException e) {
      boolean silent =
          e instanceof SocketTimeoutException && !(e instanceof ConnectTimeoutException);
      if (silent || request.isAborted()) {
        return new IOException("no answer from " + address + " within " + patience, e);
      }
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      return new IOException(request.getMethod() + " " + address + ": " + reason, e);
    }

    @Override
    public void close() {
      end.cancel(false);
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
    deadlines.shutdownNow();
  }
}
