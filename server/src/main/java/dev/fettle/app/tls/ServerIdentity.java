package dev.fettle.app.tls;

import dev.fettle.http.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLException;

/** Who the server is to TLS clients: a chain and its private key. */
public final class ServerIdentity {
  private final List<X509Certificate> chain;
  private final PrivateKey key;

  ServerIdentity(List<X509Certificate> chain, PrivateKey key) {
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  /** The operator's own certificate and key. */
  public static ServerIdentity ofFiles(Path certificate, Path key) {
    try {
      return new ServerIdentity(PemFiles.certificates(certificate), PemFiles.privateKey(key));
    } catch (IOException | GeneralSecurityException e) {
      throw new TlsFailure(
          "https.certificate and https.key cannot be used: %s.".formatted(e.getMessage()), e);
    }
  }

  /** A certificate of the data directory's own authority, made now if there is none. */
  public static ServerIdentity ofLocalAuthority(Path data, Set<String> moreNames, Instant now) {
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
    return LocalAuthority.identity(data, names, now);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** For the listeners of a server. */
  public ServerTls tls() {
    try {
      return ServerTls.of(key, chain);
    } catch (SSLException e) {
      throw new TlsFailure("The certificate and its key do not fit: " + e.getMessage() + ".", e);
    }
  }

  /** The chain, the server's own certificate first. */
  public List<X509Certificate> chain() {
    return chain;
  }
}
