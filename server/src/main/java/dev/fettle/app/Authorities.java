package dev.fettle.app;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The authorities whose certificates this server believes. */
public final class Authorities {

  private Authorities() {}

  /** The TLS of a client that believes the authorities of Java and those of a PEM file. */
  public static SSLContext with(Path file) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int count = 0;
      for (TrustManager manager : managers(null)) {
        if (manager instanceof X509TrustManager trusting) {
          for (X509Certificate authority : trusting.getAcceptedIssuers()) {
            store.setCertificateEntry("java-" + count++, authority);
          }
        }
      }
      for (X509Certificate authority : PemFiles.certificates(file)) {
        store.setCertificateEntry("file-" + count++, authority);
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(store), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(file, PemFiles.problem(e), e);
    }
  }

  /** The authorities of a PEM file. */
  public static List<X509Certificate> of(Path file) {
    try {
      return List.copyOf(PemFiles.certificates(file));
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(file, PemFiles.problem(e), e);
    }
  }

  private static TlsFailure unusable(Path file, String why, Exception cause) {
    return new TlsFailure(
        "%s cannot be used as a file of authorities: %s.".formatted(file, why), cause);
  }

  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
