package dev.fettle.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Listens on sockets and hands each request to one {@link Handler}. The only class that knows the
 * server library; paths and queries pass through as they came, since the protocol above answers bad
 * ones in its own shape.
 */
public final class HttpServer implements AutoCloseable {

  /**
   * One socket.
   *
   * @param port 0 picks a free one
   * @param tls null for plain HTTP
   */
  public record Listener(String name, InetAddress address, int port, @Nullable SSLContext tls) {}

  private final WebServer server;
  private final List<Listener> listeners;

  private HttpServer(WebServer server, List<Listener> listeners) {
    this.server = server;
    this.listeners = listeners;
  }

  /**
   * Opens the sockets and begins to serve.
   *
   * @throws IllegalStateException if a socket cannot be opened, with the library's reason as cause
   */
  public static HttpServer start(List<Listener> listeners, Handler handler) {
    WebServerConfig.Builder config = WebServer.builder().shutdownHook(false);
    List<Listener> all = new ArrayList<>(listeners);
    for (int i = 0; i < all.size(); i++) {
      Listener listener = all.get(i);
      HttpRouting.Builder routing =
          HttpRouting.builder().any((request, response) -> serve(handler, request, response));
      if (i == 0) {
        config
            .address(listener.address())
            .port(listener.port())
            .addProtocol(lenient())
            .writeQueueLength(0)
            .maxPayloadSize(-1)
            .routing(routing);
        tls(listener, config::tls);
      } else {
        config.putSocket(
            listener.name(),
            socket -> {
              socket
                  .address(listener.address())
                  .port(listener.port())
                  .addProtocol(lenient())
                  .maxPayloadSize(-1);
              tls(listener, socket::tls);
            });
        config.routing(listener.name(), routing);
      }
    }
    WebServer server = config.build();
    server.start();
    if (!server.isRunning()) {
      throw new IllegalStateException("The HTTP sockets could not be opened.");
    }
    return new HttpServer(server, List.copyOf(all));
  }

  /** The port that a listener of {@link #start} really has. */
  public int port(String name) {
    return listeners.getFirst().name().equals(name) ? server.port() : server.port(name);
  }

  /** Stops accepting, lets the requests under way end for a while, and closes the sockets. */
  @Override
  public void close() {
    server.stop();
  }

  private static Http1Config lenient() {
    return Http1Config.builder()
        .validatePrologue(false)
        .validatePath(false)
        .maxPrologueLength(16_384)
        .maxHeadersSize(32_768)
        .build();
  }

  private static void tls(
      Listener listener, java.util.function.Consumer<io.helidon.common.tls.Tls> sink) {
    SSLContext context = listener.tls();
    if (context != null) {
      sink.accept(io.helidon.common.tls.Tls.builder().sslContext(context).build());
    }
  }

  private static void serve(Handler handler, ServerRequest request, ServerResponse response) {
    Response answer = handler.handle(in(request));
    out(answer, request.prologue().method().equals(Method.HEAD), response);
  }

  private static Request in(ServerRequest request) {
    Map<String, List<String>> fields = new HashMap<>();
    request.headers().forEach(header -> fields.put(header.name(), header.allValues()));
    Headers headers = Headers.copyOf(fields);
    boolean secure = request.isSecure();
    String host = request.authority();
    return new Request(
        request.prologue().method().text(),
        request.path().rawPath(),
        request.query().rawValue(),
        headers,
        secure ? "https" : "http",
        host.isEmpty() ? "localhost" : host,
        peer(request),
        body(request));
  }

  private static String peer(ServerRequest request) {
    return request.remotePeer().address() instanceof java.net.InetSocketAddress socket
            && socket.getAddress() != null
        ? socket.getAddress().getHostAddress()
        : request.remotePeer().host();
  }

  private static InputStream body(ServerRequest request) {
    return request.content().hasEntity()
        ? request.content().inputStream()
        : InputStream.nullInputStream();
  }

  private static void out(Response answer, boolean head, ServerResponse response) {
    response.status(Status.create(answer.status()));
    answer
        .headers()
        .forEach((name, value) -> response.headers().add(HeaderNames.create(name), value));
    switch (answer.body()) {
      case Response.None ignored -> {
        if (answer.status() >= 200
            && answer.status() != 204
            && answer.status() != 304
            && answer.headers().first("Content-Length") == null) {
          response.headers().contentLength(0);
        }
        response.send();
      }
      case Response.Bytes(byte[] bytes) -> {
        response.headers().contentLength(bytes.length);
        if (head) {
          response.send();
        } else {
          response.send(bytes);
        }
      }
      case Response.Stream(long length, Response.Writer writer) -> {
        response.headers().contentLength(length);
        if (head) {
          response.send();
          return;
        }
        try (OutputStream out = response.outputStream()) {
          writer.writeTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } catch (DataReader.InsufficientDataAvailableException e) {
          throw new UncheckedIOException(new IOException("the peer closed the connection", e));
        }
      }
    }
  }
}
