package dev.fettle.support;

import dev.fettle.app.LocalAuthority;
import dev.fettle.app.ServerCertificate;
import dev.fettle.http.ServerTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.InstantSource;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for servers of tests, and clients that trust it. */
public record TestTls(ServerTls server, SSLContext client) {

  /** A certificate for localhost by an authority that is made in a folder. */
  public static TestTls in(Path folder) {
    ServerTls server =
        ServerCertificate.ofLocalAuthority(folder, Set.of(), InstantSource.system()).tls();
    try (InputStream authority = Files.newInputStream(LocalAuthority.certificate(folder))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(authority));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext client = SSLContext.getInstance("TLS");
      client.init(null, trust.getTrustManagers(), null);
      return new TestTls(server, client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
