package dev.fettle.vpp.apple;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code client/config}: a content token's library, its holder and its notifications.
 *
 * @param country ISO 3166 alpha-2 in upper case
 * @param platform {@code enterprisestore} or {@code volumestore}
 * @param notificationUrl where Apple sends notifications, if anywhere
 */
public record ClientConfig(
    LibraryInfo library,
    @Nullable String country,
    @Nullable String platform,
    @Nullable String locationName,
    @Nullable String notificationUrl,
    List<String> notificationTypes) {

  public ClientConfig {
    notificationTypes = List.copyOf(notificationTypes);
  }
}
