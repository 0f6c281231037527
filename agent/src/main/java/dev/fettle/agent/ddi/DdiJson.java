package dev.fettle.agent.ddi;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Reading of small values that a server sent. */
final class DdiJson {
  private static final int LARGEST_PORT = 65_535;

  private DdiJson() {}

  /** An absolute http or https address; null for anything else. */
  static @Nullable URI uri(String text) {
    try {
      URI uri = new URI(text);
      boolean web =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      return web && uri.getHost() != null && uri.getPort() <= LARGEST_PORT ? uri : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
