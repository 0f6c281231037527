package dev.fettle.agent.ddi;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The connections of devices: plain HTTP/1.1, kept while they are of use, each used by one device
 * at a time. Nothing that the HTTP library could do by itself is left to it, neither redirects nor
 * repetition nor cookies nor the unpacking of bodies: a file has to arrive as it is.
 */
final class DdiConnections {
  private static final long CONNECT_SECONDS = 15;

  // Each connection has three of them, and a thousand devices have as many connections. Files are
  // read past them.
  private static final int BUFFER_BYTES = 4096;

  private DdiConnections() {}

  /**
   * A client for any number of threads.
   *
   * @param patience the longest that the next bytes of an answer may take
   * @throws IOException if the certificates cannot be read
   */
  static CloseableHttpClient client(@Nullable Path caFile, Duration patience) throws IOException {
    return HttpClients.custom()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnTotal(Integer.MAX_VALUE)
                .setMaxConnPerRoute(Integer.MAX_VALUE)
                .setConnectionFactory(
                    ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom().setBufferSize(BUFFER_BYTES).build())
                        .build())
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                        .setSocketTimeout(
                            Math.toIntExact(patience.toMillis()), TimeUnit.MILLISECONDS)
                        .build())
                .setTlsSocketStrategy(
                    caFile == null ? new UsualAuthorities() : tls(trusting(caFile)))
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setResponseTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .setAuthenticationEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build())
        .setUserAgent("fettle-agent")
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableAuthCaching()
        .disableCookieManagement()
        .disableContentCompression()
        .build();
  }

  private static TlsSocketStrategy tls(SSLContext context) {
    // The JDK checks the host's name, as it does for its own clients.
    return new DefaultClientTlsStrategy(
        context, HostnameVerificationPolicy.BUILTIN, NoopHostnameVerifier.INSTANCE);
  }

  /** The machine's authorities, read when a server is first spoken to over TLS and not before. */
  private static final class UsualAuthorities implements TlsSocketStrategy {
    @Override
    public SSLSocket upgrade(
        Socket socket, String target, int port, @Nullable Object attachment, HttpContext context)
        throws IOException {
      try {
        return tls(SSLContext.getDefault()).upgrade(socket, target, port, attachment, context);
      } catch (NoSuchAlgorithmException e) {
        throw new IOException("this machine's certificates cannot be read: " + e.getMessage(), e);
      }
    }
  }

  private static SSLContext trusting(Path caFile) throws IOException {
    try (InputStream pem = Files.newInputStream(caFile)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      if (number == 0) {
        throw new IOException("there is no certificate in " + caFile);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read the certificates of " + caFile + ": " + e.getMessage(), e);
    }
  }
}
