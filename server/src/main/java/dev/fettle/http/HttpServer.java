package dev.fettle.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Listens on sockets and hands each request to one {@link Handler}, on a virtual thread: HTTP/1.0,
 * HTTP/1.1 and HTTP/2, over TLS by ALPN. Paths and queries pass through as they came, since the
 * protocol above answers bad ones in its own shape. What is no HTTP never becomes a {@link
 * Request}; it is answered through {@link Unreadable}, and its connection is closed.
 *
 * <p>Each connection belongs to one event loop, which never blocks: {@link Exchange} carries a
 * request to its thread and the answer back, {@link ArrivingBody} and {@link ResponseStream} let
 * both sides wait for each other, and {@link Connections} ends what keeps the server waiting.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails is told to the pipeline as well.
public final class HttpServer implements AutoCloseable {

  /** The longest request line: room for a query of 32,768 characters and its path. */
  static final int LONGEST_LINE = 49_152;

  static final int LARGEST_HEADERS = 32_768;

  /** Each field takes far more memory than its bytes, of which it needs only three. */
  static final int MOST_HEADERS = 100;

  /** The most that is read from a connection before somebody asked for it. */
  private static final int LARGEST_PART = 16 * 1024;

  private static final int STREAMS_OF_ONE_CONNECTION = 100;
  private static final int WAITING_CONNECTIONS = 1024;

  /** Shorter than the patience of those who stop servers, of whom Docker has least: ten seconds. */
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(8);

  private static final byte[] HTTP_2 = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /**
   * One socket.
   *
   * @param port 0 picks a free one
   * @param tls null for plain HTTP
   */
  public record Listener(String name, InetAddress address, int port, @Nullable ServerTls tls) {}

  /** Shapes the answer to what could not be read as a request. */
  @FunctionalInterface
  public interface Unreadable {
    /**
     * Called with the status that HTTP has for it (400, 414, 415, 417, 431, 500, 503, 505) and a
     * sentence that says what is wrong; must not fail.
     */
    Response answer(int status, String problem);
  }

  /**
   * The share of the server that its peers take at the moment.
   *
   * @param connections open ones
   * @param requests at work
   * @param bodyBytes of requests in memory: their heads, about, and what is held of their bodies
   * @param refused connections that were refused since the start
   * @param overdue connections and streams that were closed for keeping the server waiting
   */
  public record Usage(int connections, int requests, long bodyBytes, long refused, long overdue) {}

  private final HttpLimits limits;
  private final Connections connections;
  private final BodyMemory bodyMemory;
  private final EventLoopGroup loops;
  private final Map<String, Channel> sockets = new LinkedHashMap<>();
  private final ChannelGroup multiplexed = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
  private final AtomicInteger requests = new AtomicInteger();
  private volatile boolean closing;
  private volatile Date date = new Date(0, "");
  private final ThreadFactory threads = Thread.ofVirtual().name("request").factory();
  private volatile @Nullable Handler handler;
  private volatile @Nullable Unreadable unreadable;

  /** A server without a socket. */
  public HttpServer(HttpLimits limits) {
    this.limits = limits;
    this.connections = new Connections(limits);
    this.bodyMemory = new BodyMemory(limits.bodyBytes());
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.loops =
        new MultiThreadIoEventLoopGroup(
            Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8),
            new DefaultThreadFactory("http", true),
            io);
  }

  /** A server with the standard limits that answers what it cannot read in plain text. */
  public static HttpServer start(List<Listener> listeners, Handler handler) {
    return start(
        HttpLimits.standard(),
        listeners,
        handler,
        (status, problem) -> Response.text(status, "text/plain;charset=utf-8", problem + "\n"));
  }

  static HttpServer start(
      HttpLimits limits, List<Listener> listeners, Handler handler, Unreadable unreadable) {
    HttpServer server = new HttpServer(limits);
    try {
      for (Listener listener : listeners) {
        server.bind(listener);
      }
    } catch (IOException e) {
      server.close();
      throw new UncheckedIOException(e);
    }
    server.serve(handler, unreadable);
    return server;
  }

  /**
   * Opens a socket. Peers can connect from now on, and are heard once {@link #serve} is called.
   *
   * @throws IOException with the system's reason if it cannot be opened
   */
  public void bind(Listener listener) throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, WAITING_CONNECTIONS)
            .option(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(512, 2048, LARGEST_PART))
            .childHandler(new Accepted(listener))
            .bind(listener.address(), listener.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    sockets.put(listener.name(), bound.channel());
  }

  /** Hears what comes in; once for each server. */
  public void serve(Handler requests, Unreadable others) {
    handler = requests;
    unreadable = others;
    long period = Math.clamp(limits.waits().head().toMillis() / 8, 50, 1_000);
    loops.scheduleWithFixedDelay(connections::closeOverdue, period, period, TimeUnit.MILLISECONDS);
    sockets.values().forEach(socket -> socket.config().setAutoRead(true));
  }

  /** The port that a listener has. */
  public int port(String name) {
    Channel socket = Objects.requireNonNull(sockets.get(name), name);
    return ((InetSocketAddress) socket.localAddress()).getPort();
  }

  /** The share of the server that its peers take. */
  public Usage usage() {
    return new Usage(
        connections.open(),
        requests.get(),
        bodyMemory.held(),
        connections.refused(),
        connections.overdue());
  }

  /** Stops accepting, lets the requests under way end for a while, and closes the sockets. */
  @Override
  public void close() {
    closing = true;
    sockets.values().forEach(socket -> socket.close().awaitUninterruptibly());
    connections.closeWaiting();
    // Each of these hears that no further stream is taken, and ends with its last one.
    multiplexed.close();
    awaitRequests();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(LAST_REQUESTS.toMillis());
  }

  private synchronized void awaitRequests() {
    long end = System.nanoTime() + LAST_REQUESTS.toNanos();
    try {
      for (long left = LAST_REQUESTS.toMillis(); requests.get() > 0 && left > 0; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- for the exchanges ------------------------------------------------------------------------

  HttpLimits limits() {
    return limits;
  }

  BodyMemory bodyMemory() {
    return bodyMemory;
  }

  Handler handler() {
    return Objects.requireNonNull(handler);
  }

  Unreadable unreadable() {
    return Objects.requireNonNull(unreadable);
  }

  boolean isClosing() {
    return closing;
  }

  /** Begins the work of a request on a thread of its own. */
  void run(Runnable work) {
    requests.incrementAndGet();
    try {
      threads.newThread(work).start();
    } catch (Throwable noThread) {
      ended();
      throw noThread;
    }
  }

  /** The answer of a request is sent, or cannot be. */
  void ended() {
    if (requests.decrementAndGet() == 0 && closing) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** The time for the header {@code Date}, made once a second. */
  CharSequence date() {
    Date last = date;
    long second = System.currentTimeMillis() / 1000;
    if (last.second() != second) {
      last = new Date(second, HTTP_DATE.format(Instant.ofEpochSecond(second)));
      date = last;
    }
    return last.text();
  }

  private record Date(long second, String text) {}

  // ---- connections ------------------------------------------------------------------------------

  /** The handlers of a new connection, up to the choice of its protocol. */
  private final class Accepted extends ChannelInitializer<SocketChannel> {
    private final Listener listener;

    Accepted(Listener listener) {
      this.listener = listener;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      InetSocketAddress remote = channel.remoteAddress();
      if (remote == null || !connections.admit(channel, remote.getAddress())) {
        channel.close();
        return;
      }
      Connections.Deadline deadline = connections.deadline(channel, channel::close);
      deadline.in(limits.waits().head());
      ServerTls tls = listener.tls();
      if (tls == null) {
        channel.pipeline().addLast(new PlainProtocol(deadline));
        return;
      }
      SslHandler handler = tls.handler(channel.alloc());
      handler.setHandshakeTimeoutMillis(limits.waits().handshake().toMillis());
      channel.pipeline().addLast(handler, new NegotiatedProtocol(deadline, handler));
    }
  }

  private Peer peer(ChannelHandlerContext ctx, @Nullable X509Certificate certificate) {
    InetAddress address = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    return new Peer(
        address.getHostAddress(), limits.trustedProxies().contains(address), certificate);
  }

  /** Chooses between HTTP/1 and HTTP/2 by what the TLS handshake agreed on. */
  private final class NegotiatedProtocol extends ApplicationProtocolNegotiationHandler {
    private final Connections.Deadline deadline;
    private final SslHandler tls;

    NegotiatedProtocol(Connections.Deadline deadline, SslHandler tls) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.deadline = deadline;
      this.tls = tls;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
      super.channelActive(ctx);
      ctx.read();
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
      Exchange.Connection connection = new Exchange.Connection("https", peer(ctx, certificate()));
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        http2(ctx, deadline, connection);
      } else {
        http1(ctx, deadline, connection);
      }
    }

    private @Nullable X509Certificate certificate() {
      if (!tls.engine().getWantClientAuth()) {
        // The session would say so with an exception, whose stack costs each new connection.
        return null;
      }
      try {
        return tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate shown
            ? shown
            : null;
      } catch (SSLPeerUnverifiedException e) {
        // Most clients show none.
        return null;
      }
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Chooses between HTTP/1 and HTTP/2 by the first bytes, where there is no TLS. */
  private final class PlainProtocol extends ByteToMessageDecoder {
    private final Connections.Deadline deadline;

    PlainProtocol(Connections.Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
      super.channelActive(ctx);
      ctx.read();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      int length = Math.min(in.readableBytes(), HTTP_2.length);
      int same = 0;
      while (same < length && in.getByte(in.readerIndex() + same) == HTTP_2[same]) {
        same++;
      }
      if (same == HTTP_2.length) {
        http2(ctx, deadline, new Exchange.Connection("http", peer(ctx, null)));
        ctx.pipeline().remove(this);
      } else if (same < length) {
        http1(ctx, deadline, new Exchange.Connection("http", peer(ctx, null)));
        ctx.pipeline().remove(this);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private void http1(
      ChannelHandlerContext ctx, Connections.Deadline deadline, Exchange.Connection connection) {
    Exchange exchange = new Exchange(this, deadline, connection, false);
    HttpDecoderConfig config =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LONGEST_LINE)
            .setMaxHeaderSize(LARGEST_HEADERS)
            .setMaxChunkSize(LARGEST_PART)
            .setHeadersFactory(FewHeaders.FACTORY)
            .setStrictLineParsing(true);
    HttpRequestDecoder decoder =
        new HttpRequestDecoder(config) {
          @Override
          public void channelRead(ChannelHandlerContext at, Object message) throws Exception {
            exchange.bytesArrived();
            super.channelRead(at, message);
          }
        };
    ctx.pipeline().addLast(decoder, new HttpResponseEncoder(), new FlowControlHandler(), exchange);
  }

  private void http2(
      ChannelHandlerContext ctx, Connections.Deadline deadline, Exchange.Connection connection) {
    ctx.pipeline()
        .addLast(
            Http2FrameCodecBuilder.forServer()
                .initialSettings(
                    Http2Settings.defaultSettings()
                        .maxConcurrentStreams(STREAMS_OF_ONE_CONNECTION)
                        .maxHeaderListSize(LONGEST_LINE + LARGEST_HEADERS))
                .gracefulShutdownTimeoutMillis(LAST_REQUESTS.toMillis())
                .build(),
            new Http2MultiplexHandler(new Streams(deadline, connection)),
            new Broken());
    multiplexed.add(ctx.channel());
    // What streams do not read yet is held back by the windows of HTTP/2.
    ctx.channel().config().setAutoRead(true);
  }

  /**
   * Ends a connection whose peer breaks the rules of HTTP/2: that is not worth a line in the log.
   */
  private static final class Broken extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!(cause instanceof Http2Exception)) {
        ctx.close();
      } // Else the codec closes, with the reason in its last frame.
    }
  }

  /** The header fields of a request, which are counted while they come. */
  private static final class FewHeaders extends DefaultHttpHeaders {
    static final HttpHeadersFactory FACTORY =
        new HttpHeadersFactory() {
          @Override
          public HttpHeaders newHeaders() {
            return new FewHeaders();
          }

          @Override
          public HttpHeaders newEmptyHeaders() {
            return newHeaders();
          }
        };

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
      if (size() == MOST_HEADERS) {
        throw new TooLongHttpHeaderException("more than " + MOST_HEADERS + " header fields");
      }
      return super.add(name, value);
    }
  }

  /** The streams of one HTTP/2 connection. */
  private final class Streams extends ChannelInitializer<Channel> {
    private final Connections.Deadline deadline;
    private final Exchange.Connection connection;
    private int open;

    Streams(Connections.Deadline deadline, Exchange.Connection connection) {
      this.deadline = deadline;
      this.connection = connection;
    }

    @Override
    protected void initChannel(Channel stream) {
      open++;
      deadline.none();
      stream
          .closeFuture()
          .addListener(
              closed -> {
                if (--open == 0) {
                  deadline.in(limits.waits().idle());
                }
              });
      stream.config().setAutoRead(false);
      // A close alone says nothing to a peer that opens no window, and the answer would wait for
      // one.
      Connections.Deadline itsDeadline =
          connections.deadline(
              stream,
              () ->
                  stream
                      .writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL))
                      .addListener(ChannelFutureListener.CLOSE));
      stream
          .pipeline()
          .addLast(
              new Http2StreamFrameToHttpObjectCodec(true),
              new FlowControlHandler(),
              new Exchange(HttpServer.this, itsDeadline, connection, true));
    }
  }
}
