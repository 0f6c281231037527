package dev.fettle.vpp.apple;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Apple's side at its worst: answers each request with raw bytes of a script, so that half bodies,
 * silence and nonsense can be played. One request for each connection.
 */
final class ScriptedServer implements AutoCloseable {

  /** Nothing in the place of an answer, for as long as the peer waits. */
  static final String SILENCE = "silence";

  private final ServerSocket socket;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Function<String, String> script;

  /** The script gets the whole request as text and gives the whole answer. */
  ScriptedServer(Function<String, String> script) {
    this.script = script;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** An answer with a JSON body. */
  static String json(int status, String body, String... headers) {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " X\r\nConnection: close\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text.append("Content-Type: application/json\r\nContent-Length: ")
        .append(body.getBytes(StandardCharsets.UTF_8).length)
        .append("\r\n\r\n")
        .append(body)
        .toString();
  }

  /** An error of Apple's. */
  static String error(int status, int number, String... headers) {
    return json(
        status, "{\"errorNumber\":" + number + ",\"errorMessage\":\"Apple's words\"}", headers);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/mdm/v2");
  }

  /** The requests so far, but those for the limits. */
  List<String> requests() {
    return requests;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket peer = socket.accept();
        open.add(peer);
        Thread.ofVirtual().start(() -> serve(peer));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket peer) {
    try {
      String request = read(peer.getInputStream());
      if (request.startsWith("GET /mdm/v2/service/config")) {
        send(
            peer,
            json(200, "{\"limits\":{\"maxRequestPerSecond\":1000000,\"maxClientUserIds\":2}}"));
        return;
      }
      requests.add(request);
      String answer = script.apply(request);
      if (!answer.equals(SILENCE)) {
        send(peer, answer);
      }
    } catch (IOException e) {
      requests.add("the peer went away");
    }
  }

  private static void send(Socket peer, String answer) throws IOException {
    OutputStream out = peer.getOutputStream();
    out.write(answer.getBytes(StandardCharsets.UTF_8));
    out.flush();
    peer.close();
  }

  private static String read(InputStream raw) throws IOException {
    InputStream in = new BufferedInputStream(raw);
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.UTF_8);
    int length = 0;
    for (String line : text.toLowerCase(Locale.ROOT).split("\r\n", -1)) {
      if (line.startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    return text + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket peer : open) {
      peer.close();
    }
  }
}
