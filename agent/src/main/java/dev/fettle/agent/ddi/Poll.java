package dev.fettle.agent.ddi;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An answer to a poll: when to come back, and the links to what there is to do.
 *
 * @param sleep the server's wish for the time until the next poll; null if it named none that can
 *     be read
 */
public record Poll(
    @Nullable Duration sleep,
    @Nullable URI deploymentBase,
    @Nullable URI cancelAction,
    @Nullable URI installedBase,
    @Nullable URI configData,
    @Nullable URI restart,
    @Nullable URI diagnostics) {

  static Poll of(JsonNode body) {
    JsonNode links = body.path("_links");
    return new Poll(
        sleep(body.path("config").path("polling").path("sleep").asString("")),
        href(links, "deploymentBase"),
        href(links, "cancelAction"),
        href(links, "installedBase"),
        href(links, "configData"),
        href(links, "restart"),
        href(links, "diagnostics"));
  }

  private static @Nullable URI href(JsonNode links, String name) {
    return DdiJson.uri(links.path(name).path("href").asString(""));
  }

  private static @Nullable Duration sleep(String text) {
    if (!text.matches("[0-9]{2}:[0-5][0-9]:[0-5][0-9]")) {
      return null;
    }
    return Duration.ofHours(Integer.parseInt(text.substring(0, 2)))
        .plusMinutes(Integer.parseInt(text.substring(3, 5)))
        .plusSeconds(Integer.parseInt(text.substring(6, 8)));
  }
}
