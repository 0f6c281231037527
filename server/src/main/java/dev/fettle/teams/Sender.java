package dev.fettle.teams;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An installed app whose registration is the caller.
 *
 * @param activities the template text of each activity type that the installed version declares
 */
record Sender(
    String appId,
    @Nullable String externalId,
    String name,
    String version,
    Map<String, String> activities) {

  Sender {
    activities = Map.copyOf(activities);
  }
}
