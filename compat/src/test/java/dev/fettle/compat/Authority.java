package dev.fettle.compat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The local authority that signed a dev server's certificate, in the forms that clients want.
 *
 * @param pem the file, for programs
 * @param context for Java's own clients
 * @param trust for clients that want the manager itself
 */
record Authority(Path pem, SSLContext context, X509TrustManager trust) {
  static Authority of(String text, Path file) {
    try {
      Files.writeString(file, text);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry(
          "fettle",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII))));
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      TrustManager[] managers = factory.getTrustManagers();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      X509TrustManager trust =
          Arrays.stream(managers)
              .filter(X509TrustManager.class::isInstance)
              .map(X509TrustManager.class::cast)
              .findFirst()
              .orElseThrow();
      return new Authority(file, context, trust);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The server's ca.pem is not a certificate:\n" + text, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
