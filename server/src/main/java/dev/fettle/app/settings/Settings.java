package dev.fettle.app.settings;

import dev.fettle.http.HttpLimits;
import dev.fettle.identity.TrustedIssuer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the operator has said, checked.
 *
 * @param effective each setting with its value and where it came from, for printing; secrets masked
 */
public record Settings(
    Mode mode,
    Path data,
    Sockets sockets,
    HttpLimits limits,
    Database database,
    Identity identity,
    Devices devices,
    Vpp vpp,
    Monitoring monitoring,
    List<String> effective) {

  /**
   * What we listen on.
   *
   * @param httpPort null for no plain HTTP
   * @param httpsPort null for no HTTPS
   * @param certificate null for a certificate of the local authority
   */
  public record Sockets(
      @Nullable Integer httpPort,
      @Nullable Integer httpsPort,
      String httpsAddress,
      Set<String> names,
      @Nullable Path certificate,
      @Nullable Path key,
      @Nullable URI publicUrl) {}

  /**
   * Which database.
   *
   * @param url null for the embedded one
   */
  public record Database(
      @Nullable String url,
      @Nullable String user,
      @Nullable String password,
      int connections,
      Duration admissionWait,
      Duration statementTimeout,
      @Nullable Path programs) {
    @Override
    public String toString() {
      return "Database[" + (url == null ? "embedded" : url) + "]";
    }
  }

  /**
   * Whose tokens are taken.
   *
   * @param tenants the tenants that exist: id to DDI name
   * @param authority null to believe the certificates that Java believes, and no others
   */
  public record Identity(
      Map<String, String> tenants,
      Set<String> audiences,
      List<TrustedIssuer> issuers,
      @Nullable Path authority) {
    public Identity {
      tenants = Map.copyOf(tenants);
    }
  }

  /**
   * Teams devices.
   *
   * @param successful whether a finished operation says {@code successful} for {@code succeeded}
   * @param pollInterval how often devices are asked to poll
   * @param operationDeadline how long an operation may take
   */
  public record Devices(
      boolean successful, Duration pollInterval, Duration operationDeadline, Clients clients) {}

  /**
   * Devices that prove themselves by a certificate.
   *
   * @param httpsPort where they are asked for it; null for nowhere
   * @param authority null if no certificate is believed
   * @param tenants whose devices may do so, as their paths name them; empty for all
   * @param headers in which a trusted proxy passes a certificate on
   */
  public record Clients(
      @Nullable Integer httpsPort, @Nullable Path authority, Set<String> tenants, String headers) {
    public Clients {
      tenants = Set.copyOf(tenants);
    }
  }

  /**
   * Apple volume purchasing.
   *
   * @param appleAuthority null to trust whom Java trusts, and nobody else
   * @param keyFile null for the one of the data directory
   * @param exampleToken null if the text of the printed examples is no content token
   */
  public record Vpp(
      URI appleUrl,
      @Nullable Path appleAuthority,
      @Nullable Path keyFile,
      boolean strictTokens,
      @Nullable String exampleToken) {
    @Override
    public String toString() {
      return "Vpp[" + appleUrl + "]";
    }
  }

  /** Logs and metrics. */
  public record Monitoring(boolean metricsRemote, String logLevel, boolean logRequests) {}

  public Settings {
    effective = List.copyOf(effective);
  }
}
