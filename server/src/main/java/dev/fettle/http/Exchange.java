package dev.fettle.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one HTTP/1 connection, one after the other, or the one request of an HTTP/2
 * stream. The event loop reads and finishes; in between, a virtual thread runs the handler and
 * writes the answer. Nothing is read that nobody asked for: what a peer sends too early waits in
 * its socket.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails is told to the pipeline as well.
final class Exchange extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  /** The most of an unread body that is taken in before a connection is closed. */
  private static final long LARGEST_REST = 64L * 1024 * 1024;

  private static final Duration LAST_BYTES = Duration.ofSeconds(2);

  // Spelt as everywhere in the field; Netty's own names are in small letters.
  private static final String CONNECTION = "Connection";
  private static final String LENGTH = "Content-Length";

  private static final String FAILED = "The server failed to answer the request.";

  /** The things that a peer is waited for. */
  private enum Stage {
    /** The next request. */
    REQUEST,
    /** Its answer, which the handler makes. */
    ANSWER,
    /** The rest of its body, after the answer. */
    REST,
    /** The end of the connection. */
    CLOSE
  }

  private final HttpServer server;
  private final Connections.Deadline deadline;
  private final Connection connection;
  private final boolean stream;
  private Stage stage = Stage.REQUEST;
  private boolean reading;
  private boolean headBegun;
  private long rest;
  private @Nullable Running running;

  /**
   * The sides of a connection that every request of it shares.
   *
   * @param scheme {@code http} or {@code https}
   * @param peer who opened it
   */
  record Connection(String scheme, Peer peer) {}

  /** One request between its first line and the last byte of its answer. */
  private static final class Running {
    final HttpRequest head;
    final ArrivingBody body;
    final boolean expectsContinue;
    long room;
    boolean continued;
    boolean keepAlive;
    boolean malformed;

    Running(HttpRequest head, ArrivingBody body) {
      this.head = head;
      this.body = body;
      this.expectsContinue = HttpUtil.is100ContinueExpected(head);
      this.keepAlive = HttpUtil.isKeepAlive(head);
    }
  }

  Exchange(
      HttpServer server, Connections.Deadline deadline, Connection connection, boolean stream) {
    this.server = server;
    this.deadline = deadline;
    this.connection = connection;
    this.stream = stream;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline.in(server.limits().waits().head());
    read(ctx);
  }

  /** Bytes came in, of whatever; a later request has its own time from the first of them on. */
  void bytesArrived() {
    if (stage == Stage.REQUEST && !headBegun) {
      headBegun = true;
      deadline.in(server.limits().waits().head());
    }
  }

  private void read(ChannelHandlerContext ctx) {
    if (!reading) {
      reading = true;
      ctx.read();
    }
  }

  // ---- in -------------------------------------------------------------------------------------

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = false;
    try {
      if (stage == Stage.CLOSE) {
        read(ctx);
        return;
      }
      if (message instanceof HttpRequest request) {
        begin(ctx, request);
      }
      if (message instanceof HttpContent content) {
        content(ctx, content);
      } else if (!(message instanceof HttpRequest)) {
        // A frame of HTTP/2 that is about the stream alone.
        read(ctx);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (reading) {
      // What came made no whole message yet, and the handlers below forget who waits for one.
      ctx.read();
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    deadline.none();
    ArrivingBody body =
        new ArrivingBody(
            server.bodyMemory(),
            server.limits().waits().body(),
            () -> ctx.executor().execute(() -> more(ctx)));
    Running begun = new Running(request, body);
    running = begun;
    stage = Stage.ANSWER;
    rest = 0;
    Unreadable unreadable = unreadable(request);
    if (unreadable == null) {
      long room = room(request);
      if (server.bodyMemory().take(room)) {
        begun.room = room;
      } else {
        unreadable = new Unreadable(503, BodyMemory.FULL);
      }
    }
    if (unreadable != null) {
      begun.malformed = true;
      begun.keepAlive = false;
      body.failed(unreadable.problem());
      Response refusal = refusal(unreadable);
      server.run(() -> send(ctx, begun, refusal));
      return;
    }
    if (!(request instanceof LastHttpContent)) {
      // Most bodies came with their head: then the handler finds them here.
      read(ctx);
    }
    server.run(() -> answer(ctx, begun));
  }

  /** The memory that a request takes apart from its body, about. */
  private static long room(HttpRequest request) {
    long bytes = 1024 + 2L * request.uri().length();
    for (Map.Entry<String, String> field : request.headers()) {
      bytes += 256 + 2L * (field.getKey().length() + field.getValue().length());
    }
    return bytes;
  }

  private void content(ChannelHandlerContext ctx, HttpContent content) {
    Running current = running;
    if (current == null) {
      return;
    }
    boolean last = content instanceof LastHttpContent;
    DecoderResult result = content.decoderResult();
    if (result.isFailure()) {
      current.malformed = true;
      current.body.failed(reason(result.cause()));
    } else {
      current.body.arrived(ByteBufUtil.getBytes(content.content()), last);
    }
    if (stage == Stage.REST) {
      rest += content.content().readableBytes();
      if (result.isFailure() || rest > LARGEST_REST) {
        ctx.close();
      } else if (last) {
        finished(ctx, true);
      } else {
        read(ctx);
      }
    }
  }

  /** The handler waits for bytes of the body. */
  private void more(ChannelHandlerContext ctx) {
    Running current = running;
    if (current == null || stage != Stage.ANSWER || current.body.hasEnded()) {
      return;
    }
    if (current.expectsContinue && !current.continued) {
      current.continued = true;
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
    read(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Running current = running;
    if (current != null) {
      current.body.failed("the peer closed the connection");
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.debug("event=connection_failed", cause);
    }
    ctx.close();
  }

  // ---- what is no request -----------------------------------------------------------------------

  private record Unreadable(int status, String problem) {}

  private @Nullable Unreadable unreadable(HttpRequest request) {
    DecoderResult result = request.decoderResult();
    if (result.isFailure()) {
      Throwable cause = result.cause();
      return switch (cause) {
        case TooLongHttpLineException ignored ->
            new Unreadable(
                414, "The request line is longer than " + HttpServer.LONGEST_LINE + " characters.");
        case TooLongHttpHeaderException ignored ->
            new Unreadable(
                431,
                "The headers are larger than %d bytes, or more than %d fields."
                    .formatted(HttpServer.LARGEST_HEADERS, HttpServer.MOST_HEADERS));
        default -> new Unreadable(400, notHttp(reason(cause)));
      };
    }
    HttpVersion version = request.protocolVersion();
    if (!version.protocolName().equals("HTTP") || version.majorVersion() != 1) {
      return new Unreadable(
          505, "This server speaks HTTP/1.0, HTTP/1.1 and HTTP/2, not " + version.text() + ".");
    }
    if (request.headers().size() > HttpServer.MOST_HEADERS) {
      return new Unreadable(
          431, "The request has more than " + HttpServer.MOST_HEADERS + " header fields.");
    }
    List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.size() > 1
        || (codings.size() == 1
            && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()))) {
      // A proxy may understand another coding, and see the end of the body elsewhere.
      return new Unreadable(400, notHttp("its Transfer-Encoding is not chunked alone"));
    }
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && version.minorVersion() > 0 && !stream)) {
      return new Unreadable(400, notHttp("it names no host, or several"));
    }
    // It goes into links and headers of the answer.
    if (hosts.stream().anyMatch(host -> !host.isEmpty() && !Forwarded.isAuthority(host))) {
      return new Unreadable(400, notHttp("its host is none"));
    }
    String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
    if (!encoding.equalsIgnoreCase("identity") && !isZipped(encoding)) {
      return new Unreadable(
          415,
          "The Content-Encoding '"
              + encoding
              + "' is not supported; send the body as it is, or with gzip.");
    }
    String expect = request.headers().get(HttpHeaderNames.EXPECT);
    return expect == null || expect.equalsIgnoreCase("100-continue")
        ? null
        : new Unreadable(417, "Nothing but 100-continue can be expected of this server.");
  }

  private static String notHttp(String problem) {
    return "The request is not HTTP that this server reads: " + problem + ".";
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank() ? "it is malformed" : message;
  }

  private Response refusal(Unreadable unreadable) {
    Response answer = server.unreadable().answer(unreadable.status(), unreadable.problem());
    return switch (unreadable.status()) {
      case 415 -> answer.with("Accept-Encoding", "gzip");
      case 503 -> answer.with("Retry-After", Long.toString(BodyMemory.TRY_AGAIN.toSeconds()));
      default -> answer;
    };
  }

  private static boolean isZipped(String encoding) {
    return encoding.equalsIgnoreCase("gzip") || encoding.equalsIgnoreCase("x-gzip");
  }

  // ---- the handler, on a thread of its own ------------------------------------------------------

  private void answer(ChannelHandlerContext ctx, Running current) {
    boolean zipped =
        isZipped(current.head.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity"));
    RequestBody body = new RequestBody(current.body, zipped, server.bodyMemory());
    try {
      Response answer = server.handler().handle(request(current.head, body, zipped));
      if (body.isBroken()) {
        current.keepAlive = false;
      }
      send(ctx, current, answer);
    } catch (Throwable bug) {
      // Doors answer for themselves, so this is the edge's own fault.
      LOG.error("event=edge_bug method={}", current.head.method(), bug);
      current.keepAlive = false;
      send(ctx, current, server.unreadable().answer(500, FAILED));
    } finally {
      body.release();
    }
  }

  private Request request(HttpRequest head, RequestBody body, boolean zipped) {
    Headers headers = Headers.copyOf(head.headers());
    if (zipped) {
      // Above, the body is what was zipped; its length is known only when it has been read.
      headers = headers.without("Content-Encoding").without("Content-Length");
    }
    String target = head.uri();
    String host = head.headers().get(HttpHeaderNames.HOST, "");
    int scheme = target.indexOf("://");
    if (!target.startsWith("/") && scheme > 0) {
      // The absolute form, which proxies send: scheme and authority stand before the path.
      int authority = scheme + 3;
      int end = target.indexOf('/', authority);
      int question = target.indexOf('?', authority);
      int stop = end < 0 || (question >= 0 && question < end) ? question : end;
      String named = stop < 0 ? target.substring(authority) : target.substring(authority, stop);
      host = Forwarded.isAuthority(named) ? named : host;
      target = stop < 0 ? "/" : stop == end ? target.substring(stop) : "/" + target.substring(stop);
    }
    int question = target.indexOf('?');
    Peer peer = connection.peer();
    boolean proxied = peer.proxied();
    return new Request(
        head.method().name(),
        question < 0 ? target : target.substring(0, question),
        question < 0 ? "" : target.substring(question + 1),
        headers,
        proxied ? Forwarded.scheme(headers, connection.scheme()) : connection.scheme(),
        proxied ? Forwarded.authority(headers, host) : host,
        proxied
            ? new Peer(
                Forwarded.client(headers, server.limits().trustedProxies(), peer.address()),
                true,
                peer.certificate())
            : peer,
        body);
  }

  // ---- out ------------------------------------------------------------------------------------

  private void send(ChannelHandlerContext ctx, Running current, Response made) {
    // A large answer goes piece by piece, so that its peer has a time for each.
    Response answer =
        made.body() instanceof Response.Bytes(byte[] bytes) && bytes.length > ResponseStream.PIECE
            ? new Response(
                made.status(),
                made.headers(),
                new Response.Stream(bytes.length, out -> out.write(bytes)))
            : made;
    Duration patience = server.limits().waits().answer();
    boolean keepAlive =
        current.keepAlive
            && !server.isClosing()
            && (!current.expectsContinue || current.body.isWanted());
    HttpResponse head;
    try {
      head = head(current, answer, keepAlive);
    } catch (IllegalArgumentException bug) {
      LOG.error("event=edge_bug method={}", current.head.method(), bug);
      head = head(current, server.unreadable().answer(500, FAILED), keepAlive);
    }
    Channel channel = ctx.channel();
    if (head instanceof FullHttpResponse full) {
      deadline.answerIn(patience);
      channel
          .writeAndFlush(full)
          .addListener(done -> sent(ctx, current, keepAlive, done.isSuccess()));
    } else if (answer.body() instanceof Response.Stream(long length, Response.Writer writer)) {
      channel.write(head);
      ResponseStream out = new ResponseStream(channel, length, patience);
      try {
        writer.writeTo(out);
        deadline.answerIn(patience);
        out.end().addListener(done -> sent(ctx, current, keepAlive, done.isSuccess()));
      } catch (Throwable e) {
        // The head is sent, so all that is left to say is that the answer is not whole.
        LOG.debug("event=answer_broken", e);
        ctx.executor().execute(() -> sent(ctx, current, false, false));
      }
    }
  }

  /** The head of an answer; with its body, unless that is a stream. */
  private HttpResponse head(Running current, Response answer, boolean keepAlive) {
    boolean bodiless = current.head.method().equals(HttpMethod.HEAD);
    HttpResponseStatus status = HttpResponseStatus.valueOf(answer.status());
    HttpResponse head =
        switch (answer.body()) {
          case Response.None ignored -> whole(status, new byte[0]);
          case Response.Bytes(byte[] bytes) -> whole(status, bodiless ? new byte[0] : bytes);
          case Response.Stream ignored ->
              bodiless
                  ? whole(status, new byte[0])
                  : new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        };
    answer.headers().forEach(head.headers()::add);
    switch (answer.body()) {
      case Response.Bytes(byte[] bytes) -> head.headers().set(LENGTH, bytes.length);
      case Response.Stream(long length, Response.Writer ignored) ->
          head.headers().set(LENGTH, length);
      case Response.None ignored -> {
        boolean hasNone = answer.status() < 200 || answer.status() == 204 || answer.status() == 304;
        if (!hasNone && !HttpUtil.isContentLengthSet(head)) {
          head.headers().set(LENGTH, 0);
        }
      }
    }
    head.headers().set("Date", server.date());
    if (!stream && !keepAlive) {
      head.headers().set(CONNECTION, HttpHeaderValues.CLOSE);
    } else if (!stream && !current.head.protocolVersion().isKeepAliveDefault()) {
      head.headers().set(CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return head;
  }

  private static FullHttpResponse whole(HttpResponseStatus status, byte[] bytes) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(bytes));
  }

  // ---- afterwards, on the event loop ------------------------------------------------------------

  private void sent(
      ChannelHandlerContext ctx, Running current, boolean keepAlive, boolean success) {
    current.body.abandon();
    server.bodyMemory().give(current.room);
    server.ended();
    deadline.none();
    if (!success || !ctx.channel().isActive()) {
      ctx.close();
    } else if (stream) {
      if (!current.body.hasEnded()) {
        // The client need not send the rest (RFC 9113 section 8.1).
        deadline.in(server.limits().waits().rest());
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
      }
    } else if (current.body.hasEnded() && (keepAlive || !current.expectsContinue)) {
      finished(ctx, keepAlive);
    } else if (keepAlive && !current.malformed) {
      stage = Stage.REST;
      deadline.in(server.limits().waits().rest());
      read(ctx);
    } else {
      closeBehindTheAnswer(ctx, current.malformed ? LAST_BYTES : server.limits().waits().rest());
    }
  }

  private void finished(ChannelHandlerContext ctx, boolean keepAlive) {
    running = null;
    if (!keepAlive) {
      ctx.close();
      return;
    }
    stage = Stage.REQUEST;
    headBegun = false;
    deadline.in(server.limits().waits().idle());
    if (server.isClosing()) {
      // The answer promised more when its head was made, before the server began to stop.
      ctx.close();
      return;
    }
    read(ctx);
  }

  /**
   * Says that nothing more will be sent, and takes in what the peer still sends, for a while: bytes
   * that nobody reads would turn the end into a reset, and the answer could be lost.
   */
  private void closeBehindTheAnswer(ChannelHandlerContext ctx, Duration wait) {
    stage = Stage.CLOSE;
    running = null;
    deadline.in(wait);
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else if (ctx.channel() instanceof DuplexChannel socket) {
      socket.shutdownOutput();
    }
    read(ctx);
  }
}
