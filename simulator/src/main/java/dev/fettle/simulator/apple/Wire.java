package dev.fettle.simulator.apple;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.fettle.simulator.apple.administration.AdministrationApi;
import dev.fettle.simulator.apple.api.Answer;
import dev.fettle.simulator.apple.api.Api;
import dev.fettle.simulator.apple.api.Apple;
import dev.fettle.simulator.apple.api.Lookup;
import dev.fettle.simulator.apple.api.Operation;
import dev.fettle.simulator.apple.api.Question;
import dev.fettle.simulator.apple.api.RequestLog;
import dev.fettle.simulator.apple.faults.Fault;
import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.AppleRefusal;
import dev.fettle.simulator.apple.library.Catalogue;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.MdmInfo;
import dev.fettle.simulator.apple.notifications.Trust;
import dev.fettle.simulator.apple.tokens.ContentToken;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP side: hands requests to the API, the catalogue or the administration, applies faults,
 * and keeps the log.
 *
 * <p>This is the JDK's own server and not the one that Fettle runs on: a stand-in must be able to
 * break answers off in the middle and to close connections without one, which this server allows,
 * and it should not share the product's HTTP bugs.
 */
final class Wire implements AutoCloseable {
  private static final int LARGEST_BODY = 8 * 1024 * 1024;

  private final Supplier<Apple> apple;
  private final AdministrationApi administration;
  private final Trust.@Nullable Identity identity;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final int port;
  private @Nullable HttpServer server;

  Wire(
      int port,
      Trust.@Nullable Identity identity,
      Supplier<Apple> apple,
      AdministrationApi administration)
      throws IOException {
    this.apple = apple;
    this.administration = administration;
    this.identity = identity;
    HttpServer first = listen(port);
    this.port = first.getAddress().getPort();
    server = first;
  }

  /** Thrown through a handler to close the connection without an answer. */
  private static final class Hangup extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Hangup() {
      super("the connection is closed without an answer", null, false, false);
    }
  }

  int port() {
    return port;
  }

  private HttpServer listen(int at) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), at);
    HttpServer listening;
    if (identity == null) {
      listening = HttpServer.create(address, 256);
    } else {
      HttpsServer secure = HttpsServer.create(address, 256);
      secure.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
      listening = secure;
    }
    listening.setExecutor(threads);
    listening.createContext("/", this::handle);
    listening.start();
    return listening;
  }

  /** Refuses connections until {@link #resume}; requests in flight are cut off. */
  synchronized void suspend() {
    HttpServer running = server;
    if (running != null) {
      running.stop(0);
      server = null;
    }
  }

  /** Listens again on the same port. */
  synchronized void resume() throws IOException {
    if (server == null) {
      server = listen(port);
    }
  }

  @Override
  public void close() {
    suspend();
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      byte[] bytes = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
      if (bytes.length > LARGEST_BODY) {
        send(exchange, new Answer(413, Answer.JSON, "", null, null));
        return;
      }
      String body = new String(bytes, StandardCharsets.UTF_8);
      String path = exchange.getRequestURI().getPath();
      if (path.startsWith(AdministrationApi.PREFIX)) {
        send(exchange, administration.answer(question(exchange, body)));
      } else {
        api(exchange, body);
      }
    } catch (IOException | Hangup e) {
      // Who asked has gone, or is meant to see the connection close: there is nobody to tell.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void api(HttpExchange exchange, String body) throws IOException, InterruptedException {
    Apple now = apple.get();
    Question asked = question(exchange, body);
    Optional<Operation> operation = Operation.at(asked.path());
    boolean lookup = asked.path().equals(Lookup.PATH);
    String name = operation.map(Operation::wire).orElse(lookup ? Lookup.WIRE : "unknown");
    String library = opened(now, asked);
    now.log().enter(library);
    int status = 0;
    Integer errorNumber = null;
    try {
      List<Fault.Effect> effects = now.faults().strike(name, library, page(asked));
      Answer spoilt = before(now, library, effects);
      Answer answer;
      if (spoilt != null) {
        answer = spoilt;
      } else if (lookup) {
        answer = new Lookup(now).answer(asked, exchange.getRequestHeaders().getFirst("Cookie"));
      } else {
        Api api = new Api(now);
        answer =
            operation
                .map(known -> api.answer(known, asked))
                .orElseGet(() -> api.error(AppleError.INVALID_ARGUMENT.number(), 404, null));
      }
      if (effects.stream().anyMatch(Fault.ResetAfterWork.class::isInstance)) {
        throw new Hangup();
      }
      status = answer.status();
      errorNumber = answer.errorNumber();
      write(exchange, answer, effects);
    } finally {
      now.log()
          .leave(
              new RequestLog.Entry(
                  now.now(), asked.method(), name, asked.rawQuery(), library, status, errorNumber));
    }
  }

  /** What faults do before the request is answered; an answer if they give one themselves. */
  private static @Nullable Answer before(
      Apple apple, @Nullable String library, List<Fault.Effect> effects)
      throws InterruptedException {
    Answer answer = null;
    for (Fault.Effect effect : effects) {
      switch (effect) {
        case Fault.Delay(Duration duration) -> Thread.sleep(duration);
        case Fault.Refuse(int number, Integer status, String retryAfter) ->
            answer = new Api(apple).error(number, status, retryAfter);
        case Fault.Replace(int status, String type, String body, String retryAfter) ->
            answer = new Answer(status, type, body, retryAfter, null);
        case Fault.Reset() -> throw new Hangup();
        case Fault.TakeOver(MdmInfo owner) ->
            found(apple, library).ifPresent(taken -> taken.takeOver(owner));
        case Fault.Grow(int assets) ->
            found(apple, library)
                .ifPresent(
                    grown -> grown.addAssets(Catalogue.generated(grown.counts().assets(), assets)));
        case Fault.HalfBody() -> {}
        case Fault.Drip(Duration _) -> {}
        case Fault.ResetAfterWork() -> {}
      }
    }
    return answer;
  }

  private static Optional<Library> found(Apple apple, @Nullable String library) {
    return library == null ? Optional.empty() : apple.library(library);
  }

  private static void write(HttpExchange exchange, Answer answer, List<Fault.Effect> effects)
      throws IOException, InterruptedException {
    if (effects.stream().anyMatch(Fault.HalfBody.class::isInstance)) {
      byte[] bytes = headers(exchange, answer);
      OutputStream out = exchange.getResponseBody();
      out.write(bytes, 0, bytes.length / 2);
      out.flush();
      throw new Hangup();
    }
    for (Fault.Effect effect : effects) {
      if (effect instanceof Fault.Drip(Duration pause)) {
        byte[] bytes = headers(exchange, answer);
        OutputStream out = exchange.getResponseBody();
        for (byte one : bytes) {
          out.write(one);
          out.flush();
          Thread.sleep(pause);
        }
        return;
      }
    }
    send(exchange, answer);
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] bytes = headers(exchange, answer);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Sends the head of the answer and returns its body. */
  private static byte[] headers(HttpExchange exchange, Answer answer) throws IOException {
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.contentType());
    if (answer.retryAfter() != null) {
      headers.set("Retry-After", answer.retryAfter());
    }
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    return bytes;
  }

  private Question question(HttpExchange exchange, String body) {
    Headers headers = exchange.getRequestHeaders();
    String host = headers.getFirst("Host");
    String raw = exchange.getRequestURI().getRawQuery();
    return new Question(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        Question.query(raw),
        raw,
        headers.getFirst("Authorization"),
        headers.getFirst("Content-Type"),
        (identity == null ? "http://" : "https://") + (host == null ? "127.0.0.1:" + port : host),
        body);
  }

  /** The library that a request is about, however little else is right about it. */
  private static @Nullable String opened(Apple apple, Question question) {
    try {
      return apple.tokens().find(question.bearer()).map(ContentToken::uId).orElse(null);
    } catch (AppleRefusal e) {
      return null;
    }
  }

  private static @Nullable Integer page(Question question) {
    try {
      return question.pageIndex();
    } catch (AppleRefusal e) {
      return null;
    }
  }
}
