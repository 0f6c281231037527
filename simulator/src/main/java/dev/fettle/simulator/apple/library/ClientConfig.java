package dev.fettle.simulator.apple.library;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a management service left with a library: who it is, and where it wants to hear from Apple.
 *
 * @param mdmInfo the owner, null while there is none
 * @param notificationUrl where notifications go, null while none is set
 * @param notificationAuthToken the bearer that notifications carry
 * @param notificationTypes the types subscribed to
 */
public record ClientConfig(
    @Nullable MdmInfo mdmInfo,
    @Nullable String notificationUrl,
    @Nullable String notificationAuthToken,
    List<String> notificationTypes) {

  static final ClientConfig EMPTY = new ClientConfig(null, null, null, List.of());

  /** Copies the types. */
  public ClientConfig {
    notificationTypes = List.copyOf(notificationTypes);
  }

  /** The same with another owner. */
  public ClientConfig withMdmInfo(MdmInfo info) {
    return new ClientConfig(info, notificationUrl, notificationAuthToken, notificationTypes);
  }

  /** The same with another place to hear from Apple, or none. */
  public ClientConfig withNotifications(@Nullable String url, @Nullable String token) {
    return new ClientConfig(mdmInfo, url, token, notificationTypes);
  }

  /** The same with other types subscribed to. */
  public ClientConfig withTypes(List<String> types) {
    return new ClientConfig(mdmInfo, notificationUrl, notificationAuthToken, types);
  }

  /** The bearer is a secret of the client's, so nothing prints it. */
  @Override
  public String toString() {
    return "ClientConfig[mdmInfo=" + mdmInfo + ", notificationUrl=" + notificationUrl + "]";
  }
}
