package dev.fettle.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DateTime;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.encoding.ContentEncodingContextConfig;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Listens on sockets and hands each request to one {@link Handler}. The only class that knows the
 * server library; paths and queries pass through as they came, since the protocol above answers bad
 * ones in its own shape. What is no HTTP that the library reads never becomes a {@link Request}; it
 * is answered through {@link Unreadable}, and its connection is closed.
 */
public final class HttpServer implements AutoCloseable {

  /** The longest request line: room for a query of 32,768 characters and its path. */
  private static final int LONGEST_LINE = 49_152;

  private static final int LARGEST_HEADERS = 32_768;

  /** How much of an unread body is taken in before a connection is closed. */
  private static final int LARGEST_LEFTOVER = 64 * 1024 * 1024;

  /**
   * One socket.
   *
   * @param port 0 picks a free one
   * @param tls null for plain HTTP
   */
  public record Listener(String name, InetAddress address, int port, @Nullable SSLContext tls) {}

  /** How long the headers of a request, or the next bytes of its body, may keep us waiting. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** Shapes the answer to what could not be read as a request. */
  @FunctionalInterface
  public interface Unreadable {
    /**
     * Called with the status that HTTP has for it (400, 413, 414, 415, 501, 505) and a sentence
     * that says what is wrong; must not fail.
     */
    Response answer(int status, String problem);
  }

  /** Shorter than the patience of those who stop servers, of whom Docker has least: ten seconds. */
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(8);

  private final WebServer server;
  private final Patience patience;
  private final List<Listener> listeners;

  private HttpServer(WebServer server, Patience patience, List<Listener> listeners) {
    this.server = server;
    this.patience = patience;
    this.listeners = listeners;
  }

  /** Opens the sockets and begins to serve: {@link #prepare} and {@link #open} in one. */
  public static HttpServer start(List<Listener> listeners, Handler handler, Unreadable unreadable) {
    return start(listeners, handler, unreadable, LONGEST_WAIT);
  }

  static HttpServer start(
      List<Listener> listeners, Handler handler, Unreadable unreadable, Duration longestWait) {
    HttpServer server = prepare(listeners, handler, unreadable, longestWait);
    server.open();
    return server;
  }

  /** A server whose sockets are not open yet. To make one takes longer than to open it. */
  public static HttpServer prepare(
      List<Listener> listeners, Handler handler, Unreadable unreadable) {
    return prepare(listeners, handler, unreadable, LONGEST_WAIT);
  }

  private static HttpServer prepare(
      List<Listener> listeners, Handler handler, Unreadable unreadable, Duration longestWait) {
    WebServerConfig.Builder config = WebServer.builder().shutdownHook(false);
    Patience patience = new Patience(longestWait);
    DirectHandlers refusals = refusals(unreadable);
    ErrorHandling withReasons = ErrorHandling.builder().includeEntity(true).build();
    List<Listener> all = new ArrayList<>(listeners);
    for (int i = 0; i < all.size(); i++) {
      Listener listener = all.get(i);
      HttpRouting.Builder routing =
          HttpRouting.builder()
              .any((request, response) -> serve(handler, unreadable, patience, request, response));
      if (i == 0) {
        config
            .address(listener.address())
            .port(listener.port())
            .addProtocol(lenient(patience))
            .addConnectionSelector(new OtherProtocols(unreadable))
            .connectionOptions(new Greeting(SocketOptions.create(), patience))
            .writeQueueLength(0)
            .maxPayloadSize(-1)
            .shutdownGracePeriod(LAST_REQUESTS)
            .directHandlers(refusals)
            .errorHandling(withReasons)
            .contentEncoding(new EncodingsPass())
            .routing(routing);
        tls(listener, config::tls);
      } else {
        config.putSocket(
            listener.name(),
            socket -> {
              socket
                  .address(listener.address())
                  .port(listener.port())
                  .addProtocol(lenient(patience))
                  .addConnectionSelector(new OtherProtocols(unreadable))
                  .connectionOptions(new Greeting(SocketOptions.create(), patience))
                  .maxPayloadSize(-1)
                  .shutdownGracePeriod(LAST_REQUESTS)
                  .directHandlers(refusals)
                  .errorHandling(withReasons)
                  .contentEncoding(new EncodingsPass());
              tls(listener, socket::tls);
            });
        config.routing(listener.name(), routing);
      }
    }
    return new HttpServer(config.build(), patience, List.copyOf(all));
  }

  /**
   * Opens the sockets and begins to serve; once for each server.
   *
   * @throws IllegalStateException if a socket cannot be opened, with the library's reason as cause
   */
  public void open() {
    patience.start();
    server.start();
    if (!server.isRunning()) {
      patience.close();
      throw new IllegalStateException("The HTTP sockets could not be opened.");
    }
  }

  /** The same, with what cannot be read answered in plain text. */
  public static HttpServer start(List<Listener> listeners, Handler handler) {
    return start(
        listeners,
        handler,
        (status, problem) -> Response.text(status, "text/plain;charset=utf-8", problem + "\n"));
  }

  /** The port that a listener of {@link #start} really has. */
  public int port(String name) {
    return listeners.getFirst().name().equals(name) ? server.port() : server.port(name);
  }

  /** Stops accepting, lets the requests under way end for a while, and closes the sockets. */
  @Override
  public void close() {
    server.stop();
    patience.close();
  }

  private static Http1Config lenient(Patience patience) {
    return Http1Config.builder()
        .addReceiveListener(new HeadersWatch(patience))
        .validatePrologue(false)
        .validatePath(false)
        .maxPrologueLength(LONGEST_LINE)
        .maxHeadersSize(LARGEST_HEADERS)
        .build();
  }

  private static void tls(
      Listener listener, java.util.function.Consumer<io.helidon.common.tls.Tls> sink) {
    SSLContext context = listener.tls();
    if (context != null) {
      sink.accept(io.helidon.common.tls.Tls.builder().sslContext(context).build());
    }
  }

  private static void serve(
      Handler handler,
      Unreadable unreadable,
      Patience patience,
      ServerRequest request,
      ServerResponse response) {
    boolean head = request.prologue().method().equals(Method.HEAD);
    String encoding = request.headers().value(HeaderNames.CONTENT_ENCODING).orElse("identity");
    boolean zipped = encoding.equalsIgnoreCase("gzip") || encoding.equalsIgnoreCase("x-gzip");
    BodyStream body =
        new BodyStream(
            request.content().hasEntity()
                ? () -> request.content().inputStream()
                : InputStream::nullInputStream,
            zipped,
            patience);
    Response answer =
        zipped || encoding.equalsIgnoreCase("identity")
            ? handler.handle(in(request, body, zipped))
            : unreadable
                .answer(
                    415,
                    "The Content-Encoding '"
                        + encoding
                        + "' is not supported; send the body as it is, or with gzip.")
                .with("Accept-Encoding", "gzip");
    // The library says "close" to a client that asked for it, and goes on waiting for a request.
    boolean last =
        body.isBroken() || request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    if (last) {
      response.headers().set(HeaderValues.CONNECTION_CLOSE);
    }
    out(answer, head, response);
    if (last) {
      // Bytes that nobody reads would turn the close into a reset, and the answer could be lost.
      if (!body.isBroken() && !request.headers().containsToken(HeaderValues.EXPECT_100)) {
        body.discard(LARGEST_LEFTOVER);
      }
      throw new CloseConnectionException("that was the last request of the connection");
    }
  }

  private static Request in(ServerRequest request, InputStream body, boolean zipped) {
    Map<String, List<String>> fields = new HashMap<>();
    request.headers().forEach(header -> fields.put(header.name(), header.allValues()));
    if (zipped) {
      // Above, the body is what was zipped; its length is known only when it has been read.
      fields.keySet().removeIf(HttpServer::isOfTheCoding);
    }
    Headers headers = Headers.copyOf(fields);
    String scheme = request.isSecure() ? "https" : "http";
    String path = request.path().rawPath();
    String host = request.authority();
    int authority = path.indexOf("://") + 3;
    if (!path.startsWith("/") && authority > 3) {
      // The absolute form, which proxies send: scheme and authority stand before the path.
      int end = path.indexOf('/', authority);
      String named = end < 0 ? path.substring(authority) : path.substring(authority, end);
      host = Forwarded.isAuthority(named) ? named : host;
      path = end < 0 ? "/" : path.substring(end);
    }
    boolean byProxy = isThisMachine(request);
    return new Request(
        request.prologue().method().text(),
        path,
        request.query().rawValue(),
        headers,
        byProxy ? Forwarded.scheme(headers, scheme) : scheme,
        byProxy ? Forwarded.authority(headers, host) : host,
        byProxy ? Forwarded.client(headers, peer(request)) : peer(request),
        body);
  }

  private static boolean isThisMachine(ServerRequest request) {
    return request.remotePeer().address() instanceof java.net.InetSocketAddress socket
        && socket.getAddress() != null
        && socket.getAddress().isLoopbackAddress();
  }

  private static boolean isOfTheCoding(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    return name.equals("content-encoding") || name.equals("content-length");
  }

  private static String peer(ServerRequest request) {
    return request.remotePeer().address() instanceof java.net.InetSocketAddress socket
            && socket.getAddress() != null
        ? socket.getAddress().getHostAddress()
        : request.remotePeer().host();
  }

  /** The library's own refusals, in the shape that is wanted above. */
  private static DirectHandlers refusals(Unreadable unreadable) {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, new LibraryRefusal(unreadable));
    }
    return handlers.build();
  }

  private record LibraryRefusal(Unreadable unreadable) implements DirectHandler {
    private static final String POINTS_AT_THE_LOG = "Bad request, see server log";

    @Override
    public TransportResponse handle(
        TransportRequest request,
        EventType type,
        Status status,
        ServerResponseHeaders headers,
        @Nullable String message) {
      if (type == EventType.INTERNAL_ERROR) {
        // Reading failed below HTTP: the peer is gone, or kept us waiting for too long.
        throw new CloseConnectionException("the request did not come in");
      }
      return refusal(status, headers, message);
    }

    /** What a handler threw, which is a bug, as handlers answer for themselves. */
    @Override
    public TransportResponse handle(
        TransportRequest request,
        EventType type,
        Status status,
        ServerResponseHeaders headers,
        Throwable thrown) {
      return refusal(status, headers, thrown.getMessage());
    }

    private TransportResponse refusal(
        Status status, ServerResponseHeaders headers, @Nullable String message) {
      Response answer = unreadable.answer(status.code(), problem(status, message));
      TransportResponse.Builder response =
          TransportResponse.builder().status(Status.create(answer.status())).headers(headers);
      answer.headers().forEach((name, value) -> headers.set(HeaderNames.create(name), value));
      if (answer.body() instanceof Response.Bytes(byte[] bytes)) {
        response.entity(bytes);
      }
      return response.keepAlive(false).build();
    }

    private static String problem(Status status, @Nullable String message) {
      return switch (status.code()) {
        case 414 -> "The request line is longer than " + LONGEST_LINE + " characters.";
        case 500 -> "The server failed to answer the request.";
        default ->
            message == null || message.isBlank() || message.startsWith(POINTS_AT_THE_LOG)
                ? "The request is not HTTP that this server reads."
                : "The request is not HTTP that this server reads: " + message;
      };
    }
  }

  /** Waits for headers with patience, and no longer: from the request line to their last. */
  private record HeadersWatch(Patience patience) implements Http1ConnectionListener {
    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
      if (patience.hasNewcomers()) {
        patience.heard(connection.remotePeer().address(), connection.localPeer().address());
      }
      patience.begin();
    }

    @Override
    public void headers(ConnectionContext connection, io.helidon.http.Headers headers) {
      patience.end();
    }
  }

  /**
   * Answers connections whose first line is not HTTP/1.1, and closes them. The library would close
   * them without a word, and whoever runs a proxy that speaks HTTP/1.0 would look for the reason in
   * vain.
   */
  private record OtherProtocols(Unreadable unreadable) implements ServerConnectionSelector {

    private static final Pattern ANOTHER_VERSION = Pattern.compile(".* HTTP/\\d+(\\.\\d+)?\\r?");

    @Override
    public int bytesToIdentifyConnection() {
      return 0;
    }

    @Override
    public Support supports(BufferData data) {
      int end = data.indexOf((byte) '\n');
      return end < 0 || data.readString(end, ISO_8859_1).endsWith("HTTP/1.1\r")
          ? Support.UNSUPPORTED
          : Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
      return Set.of();
    }

    @Override
    public ServerConnection connection(ConnectionContext connection) {
      DataReader reader = connection.dataReader();
      BufferData data = reader.getBuffer(reader.available());
      String line = data.readString(data.indexOf((byte) '\n'), ISO_8859_1);
      Response answer =
          ANOTHER_VERSION.matcher(line).matches() && !line.endsWith("HTTP/1.1")
              ? unreadable.answer(
                  505,
                  "This server speaks HTTP/1.1 alone. nginx does so to it with 'proxy_http_version"
                      + " 1.1'.")
              : unreadable.answer(
                  400,
                  line.endsWith("HTTP/1.1")
                      ? "The request is not HTTP that this server reads: lines end with CR and LF."
                      : "The request is not HTTP that this server reads.");
      return new LastWord(connection, answer);
    }

    private record LastWord(ConnectionContext connection, Response answer)
        implements ServerConnection {
      @Override
      public void handle(Limit limit) {
        Status status = Status.create(answer.status());
        byte[] body = answer.body() instanceof Response.Bytes(byte[] bytes) ? bytes : new byte[0];
        StringBuilder head =
            new StringBuilder("HTTP/1.1 " + status.code() + " " + status.reasonPhrase() + "\r\n")
                .append("Date: " + DateTime.rfc1123String() + "\r\n")
                .append("Connection: close\r\nContent-Length: " + body.length + "\r\n");
        answer
            .headers()
            .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        connection
            .dataWriter()
            .writeNow(
                BufferData.create(
                    BufferData.create(head.append("\r\n").toString().getBytes(ISO_8859_1)),
                    BufferData.create(body)));
      }

      @Override
      public Duration idleTime() {
        return Duration.ZERO;
      }

      @Override
      public void close(boolean interrupt) {
        // It ends by itself, as soon as the answer is written.
      }
    }
  }

  /** The library's options of a connection; their use is the one sign of a new connection. */
  private record Greeting(SocketOptions options, Patience patience) implements SocketOptions {
    @Override
    public void configureSocket(SocketChannel channel) {
      options.configureSocket(channel);
      patience.greet(channel);
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
      return options.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
      return options.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
      return options.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
      return options.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
      return options.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
      return options.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
      return options.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
      return options.tcpNoDelay();
    }
  }

  /** Lets encoded bodies pass as they are: {@link BodyStream} decodes them. */
  private static final class EncodingsPass implements ContentEncodingContext {
    @Override
    public boolean contentEncodingEnabled() {
      return false;
    }

    @Override
    public boolean contentDecodingEnabled() {
      return true;
    }

    @Override
    public boolean contentEncodingSupported(String encoding) {
      return false;
    }

    @Override
    public boolean contentDecodingSupported(String encoding) {
      return true;
    }

    @Override
    public ContentEncoder encoder(String encoding) {
      throw new NoSuchElementException(encoding);
    }

    @Override
    public ContentDecoder decoder(String encoding) {
      return ContentDecoder.NO_OP;
    }

    @Override
    public ContentEncoder encoder(io.helidon.http.Headers headers) {
      return ContentEncoder.NO_OP;
    }

    @Override
    public ContentEncodingContextConfig prototype() {
      return ContentEncodingContext.builder()
          .contentEncodingsDiscoverServices(false)
          .buildPrototype();
    }
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
