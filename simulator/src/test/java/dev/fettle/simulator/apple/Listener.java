package dev.fettle.simulator.apple;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client's notification URL: keeps what arrives and answers what it is told to. */
final class Listener implements AutoCloseable {
  private final HttpServer server;
  private final List<Arrived> arrived = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();

  record Arrived(@Nullable String authorization, @Nullable String contentType, JsonNode body) {
    String type() {
      return body.path("notificationType").stringValue("");
    }

    JsonNode notification() {
      return body.path("notification");
    }
  }

  Listener() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String text =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            arrived.add(
                new Arrived(
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    new JsonMapper().readTree(text)));
            Integer status = statuses.poll();
            exchange.sendResponseHeaders(status == null ? 204 : status, -1);
          }
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/notifications";
  }

  /** The next answers; 204 once they are used up. */
  void answer(int... next) {
    for (int status : next) {
      statuses.add(status);
    }
  }

  List<Arrived> arrived() {
    return List.copyOf(arrived);
  }

  List<Arrived> of(String type) {
    return arrived.stream().filter(one -> one.type().equals(type)).toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
