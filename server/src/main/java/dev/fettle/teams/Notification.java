package dev.fettle.teams;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A notification as it was sent.
 *
 * @param parameters the values of the template's parameters
 * @param recipient who it is for; in the personal scope the addressed user
 * @param chainId the notification of the same number is overridden by this one; null for none
 * @param teamsAppId which app is meant where several have the caller's registration, or null
 */
record Notification(
    Topic topic,
    String activityType,
    SequencedMap<String, String> parameters,
    @Nullable String previewText,
    Recipient recipient,
    @Nullable Long chainId,
    @Nullable String teamsAppId) {

  Notification {
    parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
  }
}
