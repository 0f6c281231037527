package dev.fettle.http;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * The sender of a request.
 *
 * @param address the client's IP address, without port; {@code unknown} if a proxy does not say it
 * @param proxied whether a trusted proxy passed the request on, so that its headers about the
 *     client are to be believed
 * @param certificate the client's own certificate, checked against the authorities of the listener;
 *     null if it showed none
 */
public record Peer(String address, boolean proxied, @Nullable X509Certificate certificate) {

  /** A client that came by itself and showed no certificate. */
  public static Peer of(String address) {
    return new Peer(address, false, null);
  }
}
