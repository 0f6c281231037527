package dev.fettle.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 on a listener, by BoringSSL, or by the JDK where that cannot be loaded. The
 * certificate can be exchanged while connections are open: they keep the one that they began with.
 * Thread-safe.
 */
public final class ServerTls {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
  private static final Duration SESSION = Duration.ofHours(8);

  private final @Nullable List<X509Certificate> clientAuthorities;
  private SslContext context;

  private ServerTls(
      PrivateKey key,
      List<X509Certificate> chain,
      @Nullable List<X509Certificate> clientAuthorities)
      throws SSLException {
    this.clientAuthorities = clientAuthorities;
    this.context = context(key, chain);
  }

  /**
   * Shows a certificate and asks clients for none.
   *
   * @throws SSLException if certificate and key do not fit each other
   */
  public static ServerTls of(PrivateKey key, List<X509Certificate> chain) throws SSLException {
    return new ServerTls(key, chain, null);
  }

  /**
   * Shows a certificate and asks clients for one of these authorities; whoever has none may still
   * come in.
   *
   * @throws SSLException if certificate and key do not fit each other
   */
  public static ServerTls askingClients(
      PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities)
      throws SSLException {
    return new ServerTls(key, chain, List.copyOf(authorities));
  }

  /**
   * Shows another certificate from now on.
   *
   * @throws SSLException if certificate and key do not fit each other; the old one stays
   */
  public void show(PrivateKey key, List<X509Certificate> chain) throws SSLException {
    SslContext fresh = context(key, chain);
    synchronized (this) {
      ReferenceCountUtil.release(context);
      context = fresh;
    }
  }

  /** The handler of one new connection. */
  synchronized SslHandler handler(ByteBufAllocator buffers) {
    return context.newHandler(buffers);
  }

  private SslContext context(PrivateKey key, List<X509Certificate> chain) throws SSLException {
    boolean ours = OpenSsl.isAvailable();
    if (!ours) {
      LOG.warn(
          "event=tls_of_the_jdk problem=\"BoringSSL cannot be loaded, so a handshake costs some"
              + " three times as much: {}\"",
          OpenSsl.unavailabilityCause() == null ? "" : OpenSsl.unavailabilityCause().getMessage());
    }
    SslContextBuilder builder =
        SslContextBuilder.forServer(key, chain)
            .sslProvider(ours ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .sessionTimeout(SESSION.toSeconds())
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1));
    if (clientAuthorities != null) {
      builder.clientAuth(ClientAuth.OPTIONAL).trustManager(clientAuthorities);
    }
    SslContext made = builder.build();
    if (made.sessionContext() instanceof OpenSslSessionContext sessions) {
      // A ticket holds the session, so that a client which comes back costs no memory meanwhile.
      sessions.setTicketKeys(
          new OpenSslSessionTicketKey(
              random(OpenSslSessionTicketKey.NAME_SIZE),
              random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
              random(OpenSslSessionTicketKey.AES_KEY_SIZE)));
    }
    return made;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
