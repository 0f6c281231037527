package dev.fettle.app;

import dev.fettle.base.FilePermissions;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A certificate authority of this data directory, and the server certificate below it.
 *
 * <p>The authority lasts ten years; the server's certificate a year, and is made anew when a month
 * is left or the names have changed.
 */
public final class LocalAuthority {
  private static final Duration RENEW_BEFORE = Duration.ofDays(30);

  private final Path folder;
  private final Instant now;

  private LocalAuthority(Path folder, Instant now) {
    this.folder = folder;
    this.now = now;
  }

  /** The authority's certificate in a data directory, which clients are to trust. */
  public static Path certificate(Path data) {
    return data.resolve("tls/ca.pem");
  }

  /** Makes sure that the directory has an authority and a server certificate for these names. */
  static ServerIdentity identity(Path data, Set<String> names, Instant now) {
    LocalAuthority authority = new LocalAuthority(data.resolve("tls"), now);
    try {
      return authority.identity(names);
    } catch (IOException | GeneralSecurityException e) {
      throw new TlsFailure(
          "No certificate can be made in %s: %s. Remove that folder to have a new authority made, or set https.certificate and https.key."
              .formatted(authority.folder, e.getMessage()),
          e);
    }
  }

  private ServerIdentity identity(Set<String> names) throws IOException, GeneralSecurityException {
    Files.createDirectories(folder, FilePermissions.privateFolder());
    Path caFile = folder.resolve("ca.pem");
    Path caKeyFile = folder.resolve("ca-key.pem");
    if (!Files.exists(caFile) || !Files.exists(caKeyFile)) {
      new NewCertificates(now).authority(caFile, caKeyFile);
    }
    X509Certificate ca = PemFiles.certificates(caFile).getFirst();
    Path serverFile = folder.resolve("server.pem");
    Path serverKeyFile = folder.resolve("server-key.pem");
    if (!usable(serverFile, serverKeyFile, ca, names)) {
      new NewCertificates(now)
          .server(ca, PemFiles.privateKey(caKeyFile), names, serverFile, serverKeyFile);
    }
    return ServerIdentity.of(serverFile, serverKeyFile);
  }

  private boolean usable(Path file, Path key, X509Certificate ca, Set<String> names)
      throws IOException, GeneralSecurityException {
    if (!Files.exists(file) || !Files.exists(key)) {
      return false;
    }
    X509Certificate certificate = PemFiles.certificates(file).getFirst();
    return certificate.getIssuerX500Principal().equals(ca.getSubjectX500Principal())
        && certificate.getNotAfter().toInstant().isAfter(now.plus(RENEW_BEFORE))
        && names(certificate).equals(names);
  }

  private static Set<String> names(X509Certificate certificate) throws GeneralSecurityException {
    Set<String> names = new TreeSet<>();
    for (List<?> name : certificate.getSubjectAlternativeNames()) {
      names.add(String.valueOf(name.get(1)));
    }
    return names;
  }

  static boolean isAddress(String name) {
    return name.contains(":") || name.matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
  }

  /** Spelt as a certificate shows it, so that a reread name is equal. */
  static String canonical(String name) throws IOException {
    return isAddress(name) ? InetAddress.getByName(name).getHostAddress() : name;
  }
}
