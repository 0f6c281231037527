package dev.fettle.http;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * Bounds of what peers may take of the server; {@code docs/operations.md} explains each.
 *
 * @param connections open connections altogether
 * @param connectionsPerAddress open connections of one address
 * @param exempt networks whose addresses have no bound of their own
 * @param trustedProxies networks whose word about the client is believed; exempt as well
 * @param bodyBytes bytes of requests, most of them of bodies, that are held in memory at once
 * @param waits how long a peer may keep the server waiting
 */
public record HttpLimits(
    int connections,
    int connectionsPerAddress,
    Networks exempt,
    Networks trustedProxies,
    long bodyBytes,
    Waits waits) {

  /** Descriptors that are not for connections: files, the database, what the JVM opens. */
  private static final long OTHER_DESCRIPTORS = 128;

  private static final int MOST_CONNECTIONS = 50_000;

  /**
   * Times that a peer may keep the server waiting.
   *
   * @param handshake for the whole of a TLS handshake
   * @param head for the whole of a request line and its headers, from the opening of a connection
   *     or the first byte of a later request
   * @param body for bytes of a body altogether; each KiB that came adds a second
   * @param answer for the peer to take 64 KiB of an answer
   * @param rest for what is left of a body whose request was answered already
   * @param idle between two requests of a connection
   */
  public record Waits(
      Duration handshake,
      Duration head,
      Duration body,
      Duration answer,
      Duration rest,
      Duration idle) {

    /** The waits of a server in the field. */
    public static Waits standard() {
      return new Waits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10));
    }

    /** One wait for everything but the time between two requests, for tests. */
    static Waits all(Duration wait) {
      return new Waits(wait, wait, wait, wait, wait, Duration.ofMinutes(10));
    }
  }

  /** The limits if no setting says otherwise. */
  public static HttpLimits standard() {
    return new HttpLimits(
        mostConnections(),
        1_000,
        Networks.loopback(),
        Networks.loopback(),
        Runtime.getRuntime().maxMemory() / 8,
        Waits.standard());
  }

  /** The same limits with other waits. */
  public HttpLimits with(Waits others) {
    return new HttpLimits(
        connections, connectionsPerAddress, exempt, trustedProxies, bodyBytes, others);
  }

  /** As many connections as this process may have descriptors for, less what else it opens. */
  public static int mostConnections() {
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : MOST_CONNECTIONS;
    return Math.clamp(
        descriptors - Math.min(OTHER_DESCRIPTORS, descriptors / 2), 1, MOST_CONNECTIONS);
  }
}
