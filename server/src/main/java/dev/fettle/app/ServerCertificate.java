package dev.fettle.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.fettle.http.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that the listeners of a server show, exchanged while they are open when another
 * one lies in its place. What cannot be used is logged once, and the one before is shown on.
 * Thread-safe.
 */
public final class ServerCertificate {
  private static final Logger LOG = LoggerFactory.getLogger(ServerCertificate.class);

  /** The longest use of one key for session tickets. */
  private static final Duration TICKETS = Duration.ofDays(1);

  private final Source source;
  private final InstantSource clock;
  private final List<ServerTls> listeners = new ArrayList<>();
  private ServerIdentity shown;
  private Instant shownSince;
  private String seen;

  /**
   * A place that a certificate comes from.
   *
   * @param state a text that differs when there may be another certificate; cheap to find out
   */
  private record Source(
      Function<Instant, String> state, Function<Instant, ServerIdentity> certificate) {}

  private ServerCertificate(Source source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
    this.shownSince = clock.instant();
    this.seen = source.state().apply(shownSince);
    this.shown = source.certificate().apply(shownSince);
  }

  /**
   * The operator's own, with the chain in one file and the key in another.
   *
   * @throws TlsFailure if they cannot be used
   */
  public static ServerCertificate ofFiles(Path certificate, Path key, InstantSource clock) {
    return new ServerCertificate(
        new Source(now -> content(certificate, key), now -> read(certificate, key)), clock);
  }

  /** One of the data directory's own authority, made when there is none or its end is near. */
  public static ServerCertificate ofLocalAuthority(
      Path data, Set<String> moreNames, InstantSource clock) {
    Set<String> names = new TreeSet<>();
    names.add("localhost");
    names.add(hostName());
    try {
      for (String name : List.of("127.0.0.1", "::1")) {
        names.add(LocalAuthority.canonical(name));
      }
      for (String name : moreNames) {
        names.add(LocalAuthority.canonical(name));
      }
    } catch (IOException e) {
      throw new TlsFailure("https.names holds an address that is none: " + e.getMessage(), e);
    }
    return new ServerCertificate(
        new Source(
            now -> Long.toString(Duration.between(Instant.EPOCH, now).toHours()),
            now -> LocalAuthority.identity(data, names, now)),
        clock);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static String content(Path certificate, Path key) {
    try {
      return Files.readString(certificate, ISO_8859_1) + Files.readString(key, ISO_8859_1);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static ServerIdentity read(Path certificate, Path key) {
    try {
      return ServerIdentity.of(certificate, key);
    } catch (IOException | GeneralSecurityException e) {
      throw new TlsFailure(
          "https.certificate and https.key cannot be used: %s.".formatted(PemFiles.problem(e)), e);
    }
  }

  /** The TLS of a listener that asks its clients for no certificate. */
  public synchronized ServerTls tls() {
    return listener(null);
  }

  /** The TLS of a listener that asks its clients for a certificate of these authorities. */
  public synchronized ServerTls askingClients(List<X509Certificate> authorities) {
    return listener(authorities);
  }

  private ServerTls listener(@Nullable List<X509Certificate> authorities) {
    try {
      ServerTls tls =
          authorities == null
              ? ServerTls.of(shown.key(), shown.chain())
              : ServerTls.askingClients(shown.key(), shown.chain(), authorities);
      listeners.add(tls);
      return tls;
    } catch (SSLException e) {
      throw new TlsFailure("The certificate cannot be shown: " + e.getMessage() + ".", e);
    }
  }

  /** Shows another certificate if there is one; to be called every few seconds. */
  public synchronized void look() {
    Instant now = clock.instant();
    String state = source.state().apply(now);
    if (!state.equals(seen)) {
      seen = state;
      exchange(now);
    } else if (Duration.between(shownSince, now).abs().compareTo(TICKETS) >= 0) {
      show(shown, now);
    }
  }

  /** Reads the certificate anew, whether it has changed or not, and says in the log what it is. */
  public synchronized void reload() {
    Instant now = clock.instant();
    seen = source.state().apply(now);
    exchange(now);
  }

  private void exchange(Instant now) {
    try {
      ServerIdentity found = source.certificate().apply(now);
      boolean another = !found.equals(shown);
      show(found, now);
      if (another) {
        X509Certificate own = found.chain().getFirst();
        LOG.info(
            "event=certificate_exchanged subject=\"{}\" serial={} not-after={}",
            own.getSubjectX500Principal(),
            own.getSerialNumber().toString(16),
            own.getNotAfter().toInstant());
      }
    } catch (TlsFailure e) {
      LOG.error("event=certificate_unusable problem=\"{} The old one stays.\"", e.getMessage());
    }
  }

  private void show(ServerIdentity identity, Instant now) {
    for (ServerTls listener : listeners) {
      try {
        listener.show(identity.key(), identity.chain());
      } catch (SSLException e) {
        throw new TlsFailure("The certificate cannot be shown: " + e.getMessage() + ".", e);
      }
    }
    shown = identity;
    shownSince = now;
  }
}
