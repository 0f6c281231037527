package dev.fettle.app;

import dev.fettle.app.settings.Setting;
import dev.fettle.app.settings.Settings;
import dev.fettle.http.Handler;
import dev.fettle.http.HttpLimits;
import dev.fettle.http.HttpServer;
import dev.fettle.http.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open sockets of a server: HTTPS on the operator's address, plain HTTP on loopback. */
final class Listeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
  private static final String HTTP = "http.port (--http-port)";
  private static final String HTTPS = "https.port (--https-port)";
  private static final String DEVICES = "devices.https-port";

  private final HttpLimits limits;
  private final @Nullable ServerCertificate certificate;
  private final HttpServer server;
  private final Set<String> open = new HashSet<>();

  private Listeners(HttpLimits limits, @Nullable ServerCertificate certificate) {
    this.limits = limits;
    this.certificate = certificate;
    this.server = new HttpServer(limits);
  }

  /**
   * Opens the sockets; requests are answered after {@link #serve} only.
   *
   * @throws StartRefused if another program has a port
   * @throws TlsFailure if the certificate cannot be used
   */
  static Listeners open(Settings settings) {
    Integer https = settings.find(Setting.HTTPS_PORT);
    Integer devices = settings.find(Setting.DEVICES_HTTPS_PORT);
    ServerCertificate certificate = https == null && devices == null ? null : certificate(settings);
    Listeners listeners = new Listeners(limits(settings), certificate);
    try {
      listeners.bind(
          HTTP, InetAddress.ofLiteral("127.0.0.1"), settings.find(Setting.HTTP_PORT), null);
      if (certificate != null) {
        InetAddress address = address(settings.get(Setting.HTTPS_ADDRESS));
        listeners.bind(HTTPS, address, https, certificate.tls());
        Path authority = settings.find(Setting.DEVICES_CLIENT_AUTHORITY);
        if (devices != null && authority != null) {
          listeners.bind(
              DEVICES, address, devices, certificate.askingClients(Authorities.of(authority)));
          LOG.info("event=devices_listening port={}", listeners.server.port(DEVICES));
        }
      }
    } catch (StartRefused | TlsFailure e) {
      listeners.close();
      throw e;
    }
    return listeners;
  }

  private static HttpLimits limits(Settings settings) {
    HttpLimits standard = HttpLimits.standard();
    return new HttpLimits(
        Objects.requireNonNullElse(settings.find(Setting.HTTP_CONNECTIONS), standard.connections()),
        settings.get(Setting.HTTP_CONNECTIONS_PER_ADDRESS),
        settings.get(Setting.HTTP_UNLIMITED_NETWORKS),
        settings.get(Setting.HTTP_TRUSTED_PROXIES),
        Objects.requireNonNullElse(settings.find(Setting.HTTP_BODY_MEMORY), standard.bodyBytes()),
        standard.waits());
  }

  private static ServerCertificate certificate(Settings settings) {
    Path certificate = settings.find(Setting.HTTPS_CERTIFICATE);
    Path key = settings.find(Setting.HTTPS_KEY);
    return certificate == null || key == null
        ? ServerCertificate.ofLocalAuthority(
            settings.get(Setting.DATA_DIRECTORY),
            settings.get(Setting.HTTPS_NAMES),
            InstantSource.system())
        : ServerCertificate.ofFiles(certificate, key, InstantSource.system());
  }

  private void bind(
      String name, InetAddress address, @Nullable Integer port, @Nullable ServerTls tls) {
    if (port == null) {
      return;
    }
    try {
      server.bind(new HttpServer.Listener(name, address, port, tls));
      open.add(name);
    } catch (IOException e) {
      throw new StartRefused(
          ExitCode.PORT,
          "Port %d on %s cannot be opened (%s): another program has it, or only root may. Stop that one, or set %s to another port, or to 'none'."
              .formatted(port, address.getHostAddress(), e.getMessage(), name));
    }
  }

  /** Begins to answer requests. */
  void serve(Handler handler, HttpServer.Unreadable unreadable) {
    server.serve(handler, unreadable);
  }

  /** Shows another certificate if there is one. */
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

  /** The server that has the sockets, for its metrics. */
  HttpServer server() {
    return server;
  }

  /** The bounds of what peers may take. */
  HttpLimits limits() {
    return limits;
  }

  /** The port where devices are asked for a certificate; for servers that have one. */
  int devicesPort() {
    return server.port(DEVICES);
  }

  /** The server's addresses on this machine, HTTPS first. */
  List<String> urls() {
    List<String> urls = new ArrayList<>();
    if (open.contains(HTTPS)) {
      urls.add("https://localhost:" + server.port(HTTPS));
    }
    if (open.contains(HTTP)) {
      urls.add("http://localhost:" + server.port(HTTP));
    }
    return urls;
  }

  /** Lets the requests under way end, and closes the sockets. */
  @Override
  public void close() {
    server.close();
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
