package dev.fettle.vpp.apple;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The address of Apple's API, and its deadlines.
 *
 * @param baseUrl the root of version 2; HTTPS, or plain HTTP to this machine for a stand-in
 * @param metadataUrl the lookup of names and bundle ids; null to do without it
 * @param connect how long opening a connection may take
 * @param answer how long one request may take from sending it to the last byte
 * @param call how long a call may take with its pauses and repeats
 * @param attempts how often a request is sent at most
 * @param firstPause the pause before the first repeat; each further one doubles
 */
public record AppleSettings(
    URI baseUrl,
    @Nullable URI metadataUrl,
    Duration connect,
    Duration answer,
    Duration call,
    int attempts,
    Duration firstPause) {

  /** Apple's own address. */
  public static final URI APPLE = URI.create("https://vpp.itunes.apple.com/mdm/v2");

  /** Apple's own lookup of names. */
  public static final URI APPLE_LOOKUP =
      URI.create("https://uclient-api.itunes.apple.com/WebObjects/MZStorePlatform.woa/wa/lookup");

  /** Refuses an address to which content tokens must not be sent. */
  public AppleSettings {
    requireSafe(baseUrl);
    if (metadataUrl != null) {
      requireSafe(metadataUrl);
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("A request is sent at least once");
    }
  }

  /** Apple itself, with patient deadlines. */
  public static AppleSettings apple() {
    return at(APPLE, APPLE_LOOKUP);
  }

  /** Another address of the same API. */
  public static AppleSettings at(URI baseUrl, @Nullable URI metadataUrl) {
    return new AppleSettings(
        baseUrl,
        metadataUrl,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(90),
        5,
        Duration.ofSeconds(1));
  }

  private static void requireSafe(URI url) {
    String host = url.getHost();
    boolean here =
        host != null
            && (host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]"));
    if (!"https".equalsIgnoreCase(url.getScheme())
        && !("http".equalsIgnoreCase(url.getScheme()) && here)) {
      throw new IllegalArgumentException(
          "Apple's address must be an https URL, or http to this machine: " + url);
    }
    if (url.getRawQuery() != null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "Apple's address must be a scheme, a host and a path: " + url.getHost());
    }
  }
}
