package dev.fettle.app;

import dev.fettle.app.settings.Settings;
import dev.fettle.app.start.StartRefused;
import dev.fettle.app.tls.ServerIdentity;
import dev.fettle.app.tls.TlsFailure;
import dev.fettle.http.Handler;
import dev.fettle.http.HttpLimits;
import dev.fettle.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
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

  /**
   * Opens the sockets; nobody is heard before {@link #serve}.
   *
   * @throws StartRefused if another program has a port
   */
  static Listening open(
      Settings.Sockets sockets, @Nullable ServerIdentity identity, HttpLimits limits) {
    HttpServer server = new HttpServer(limits);
    try {
      if (sockets.httpPort() != null) {
        bind(
            server,
            new HttpServer.Listener(HTTP, loopback(), sockets.httpPort(), null),
            "http.port");
      }
      if (sockets.httpsPort() != null && identity != null) {
        bind(
            server,
            new HttpServer.Listener(
                HTTPS, address(sockets.httpsAddress()), sockets.httpsPort(), identity.tls()),
            "https.port");
      }
    } catch (StartRefused | TlsFailure e) {
      server.close();
      throw e;
    }
    return new Listening(sockets, server);
  }

  private static void bind(HttpServer server, HttpServer.Listener listener, String setting) {
    try {
      server.bind(listener);
    } catch (IOException e) {
      throw new StartRefused(
          StartRefused.Because.PORT,
          "Port %d on %s cannot be opened (%s): another program has it, or only root may. Stop that one, or set %s (--%s) to another port, or to 'none'."
              .formatted(
                  listener.port(),
                  listener.address().getHostAddress(),
                  e.getMessage(),
                  setting,
                  setting.replace('.', '-')));
    }
  }

  /** Hears what comes in. */
  void serve(Handler handler, HttpServer.Unreadable unreadable) {
    server.serve(handler, unreadable);
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
