package dev.fettle.app;

import dev.fettle.app.settings.Settings;
import dev.fettle.http.Handler;
import dev.fettle.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets of the settings, open: HTTPS where the operator says, plain HTTP on loopback. */
final class Listeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
  private static final String HTTP = "http";
  private static final String HTTPS = "https";
  private static final String DEVICES = "devices";

  private final Settings.Sockets sockets;
  private final @Nullable ServerCertificate certificate;
  private final HttpServer server;

  private Listeners(
      Settings.Sockets sockets, @Nullable ServerCertificate certificate, HttpServer server) {
    this.sockets = sockets;
    this.certificate = certificate;
    this.server = server;
  }

  /**
   * Opens the sockets; nobody is heard before {@link #serve}.
   *
   * @throws StartRefused if another program has a port
   * @throws TlsFailure if the certificate cannot be used
   */
  static Listeners open(Settings settings) {
    Settings.Sockets sockets = settings.sockets();
    Integer forDevices = settings.devices().clients().httpsPort();
    ServerCertificate certificate =
        sockets.httpsPort() == null && forDevices == null ? null : certificate(settings);
    HttpServer server = new HttpServer(settings.limits());
    try {
      if (sockets.httpPort() != null) {
        bind(
            server,
            new HttpServer.Listener(HTTP, loopback(), sockets.httpPort(), null),
            "http.port (--http-port)");
      }
      if (certificate != null && sockets.httpsPort() != null) {
        bind(
            server,
            new HttpServer.Listener(
                HTTPS, address(sockets.httpsAddress()), sockets.httpsPort(), certificate.tls()),
            "https.port (--https-port)");
      }
      Path authority = settings.devices().clients().authority();
      if (certificate != null && forDevices != null && authority != null) {
        bind(
            server,
            new HttpServer.Listener(
                DEVICES,
                address(sockets.httpsAddress()),
                forDevices,
                certificate.askingClients(Authorities.of(authority))),
            "devices.https-port");
        LOG.info("event=devices_listening port={}", server.port(DEVICES));
      }
    } catch (StartRefused | TlsFailure e) {
      server.close();
      throw e;
    }
    return new Listeners(sockets, certificate, server);
  }

  private static ServerCertificate certificate(Settings settings) {
    Settings.Sockets sockets = settings.sockets();
    return sockets.certificate() == null || sockets.key() == null
        ? ServerCertificate.ofLocalAuthority(
            settings.data(), sockets.names(), InstantSource.system())
        : ServerCertificate.ofFiles(sockets.certificate(), sockets.key(), InstantSource.system());
  }

  private static void bind(HttpServer server, HttpServer.Listener listener, String setting) {
    try {
      server.bind(listener);
    } catch (IOException e) {
      throw new StartRefused(
          ExitCode.PORT,
          "Port %d on %s cannot be opened (%s): another program has it, or only root may. Stop that one, or set %s to another port, or to 'none'."
              .formatted(
                  listener.port(), listener.address().getHostAddress(), e.getMessage(), setting));
    }
  }

  /** Hears what comes in. */
  void serve(Handler handler, HttpServer.Unreadable unreadable) {
    server.serve(handler, unreadable);
  }

  /** Looks whether there is another certificate to show. */
  void lookAtCertificate() {
    if (certificate != null) {
      certificate.look();
    }
  }

  /** Reads the certificate anew. */
  void reloadCertificate() {
    if (certificate != null) {
      certificate.reload();
    }
  }

  /** What has the sockets, for its metrics. */
  HttpServer server() {
    return server;
  }

  /** The port where devices are asked for a certificate; for servers that have one. */
  int devicesPort() {
    return server.port(DEVICES);
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
          ExitCode.SETTINGS, "https.address=" + literal + " is no address of a host.");
    }
  }
}
