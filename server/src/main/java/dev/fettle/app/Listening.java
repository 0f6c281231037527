package dev.fettle.app;

import dev.fettle.app.settings.Settings;
import dev.fettle.app.start.StartRefused;
import dev.fettle.app.tls.ServerIdentity;
import dev.fettle.http.Handler;
import dev.fettle.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sockets of the settings, open: HTTPS where the operator says, plain HTTP on loopback. */
final class Listening implements AutoCloseable {
  private static final String HTTP = "http";
  private static final String HTTPS = "https";

  private final Settings.Sockets sockets;
  private final HttpServer server;

  private Listening(Settings.Sockets sockets, HttpServer server) {
    this.sockets = sockets;
    this.server = server;
  }

  /** Refuses a port that another program has before anything else is begun. */
  static void refuseTakenPorts(Settings.Sockets sockets) {
    if (sockets.httpPort() != null) {
      refuseIfTaken(loopback(), sockets.httpPort(), "http.port");
    }
    if (sockets.httpsPort() != null) {
      refuseIfTaken(address(sockets.httpsAddress()), sockets.httpsPort(), "https.port");
    }
  }

  /** The certificate to show; null if there is no HTTPS. */
  static @Nullable ServerIdentity identity(Settings settings) {
    Settings.Sockets sockets = settings.sockets();
    if (sockets.httpsPort() == null) {
      return null;
    }
    return sockets.certificate() == null || sockets.key() == null
        ? ServerIdentity.ofLocalAuthority(settings.data(), sockets.names(), Instant.now())
        : ServerIdentity.ofFiles(sockets.certificate(), sockets.key());
  }

  /** Everything but the opening of the sockets, which is {@link #open}. */
  static Listening prepare(
      Settings.Sockets sockets,
      @Nullable ServerIdentity identity,
      Handler handler,
      HttpServer.Unreadable unreadable) {
    List<HttpServer.Listener> listeners = new ArrayList<>();
    if (sockets.httpPort() != null) {
      listeners.add(new HttpServer.Listener(HTTP, loopback(), sockets.httpPort(), null));
    }
    if (sockets.httpsPort() != null && identity != null) {
      listeners.add(
          new HttpServer.Listener(
              HTTPS, address(sockets.httpsAddress()), sockets.httpsPort(), identity.context()));
    }
    return new Listening(sockets, HttpServer.prepare(listeners, handler, unreadable));
  }

  /** Opens the sockets; requests come in from now on. */
  void open() {
    server.open();
  }

  /** Where the server is reached, HTTPS first. */
  List<String> urls() {
    List<String> urls = new ArrayList<>();
    if (sockets.httpsPort() != null) {
      urls.add("https://localhost:" + server.port(HTTPS));
    }
    if (sockets.httpPort() != null) {
      urls.add("http://localhost:" + server.port(HTTP));
    }
    return urls;
  }

  /** Lets the requests under way end, and closes the sockets. */
  @Override
  public void close() {
    server.close();
  }

  private static void refuseIfTaken(InetAddress address, int port, String setting) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new StartRefused(
          StartRefused.Because.PORT,
          "Port %d on %s cannot be opened (%s): another program has it, or only root may. Stop that one, or set %s (--%s) to another port, or to 'none'."
              .formatted(
                  port,
                  address.getHostAddress(),
                  e.getMessage(),
                  setting,
                  setting.replace('.', '-')));
    }
  }

  private static InetAddress loopback() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new StartRefused(
          StartRefused.Because.SETTINGS, "https.address=" + literal + " is no address of a host.");
    }
  }
}
