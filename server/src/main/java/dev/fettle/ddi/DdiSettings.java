package dev.fettle.ddi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the device protocol.
 *
 * @param pollInterval how often devices are asked to poll; one second to a day
 * @param spreadPercent by how much the interval is drawn apart, so that a fleet does not poll in
 *     step
 * @param publicUrl the address under which devices reach the server; null to use each request's own
 * @param requestsPerSecond how many requests of one device are answered each second, on average
 * @param burst how many may come at once
 * @param certificates the certificates that devices may show
 */
public record DdiSettings(
    Duration pollInterval,
    int spreadPercent,
    @Nullable String publicUrl,
    int requestsPerSecond,
    int burst,
    DeviceCertificates certificates) {

  private static final Duration LONGEST = Duration.ofHours(24).minusSeconds(1);

  public DdiSettings {
    if (pollInterval.compareTo(Duration.ofSeconds(1)) < 0 || pollInterval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a poll interval is one second to 23:59:59");
    }
    if (spreadPercent < 0 || spreadPercent > 50) {
      throw new IllegalArgumentException("the spread is 0 to 50 per cent");
    }
  }

  /** The defaults. */
  public static DdiSettings standard() {
    return new DdiSettings(Duration.ofMinutes(5), 10, null, 20, 200, DeviceCertificates.none());
  }

  /** The same with devices that poll this often. */
  public DdiSettings every(Duration interval) {
    return new DdiSettings(
        interval, spreadPercent, publicUrl, requestsPerSecond, burst, certificates);
  }

  /** The same, reached by devices under this address; null for each request's own. */
  public DdiSettings withPublicUrl(@Nullable String address) {
    String plain =
        address != null && address.endsWith("/")
            ? address.substring(0, address.length() - 1)
            : address;
    return new DdiSettings(
        pollInterval, spreadPercent, plain, requestsPerSecond, burst, certificates);
  }

  /** The same, with devices that may prove themselves by these certificates. */
  public DdiSettings withCertificates(DeviceCertificates others) {
    return new DdiSettings(
        pollInterval, spreadPercent, publicUrl, requestsPerSecond, burst, others);
  }
}
