package dev.fettle.simulator.apple.library;

import tools.jackson.databind.JsonNode;

/**
 * Something to tell the client's notification URL.
 *
 * @param type the notification type, known to Apple or not
 * @param notification the document inside
 */
public record Notice(String type, JsonNode notification) {
  /** What a new notification URL must answer before it is stored. */
  public static final String TEST = "TEST_NOTIFICATION";

  /** Licences were given or taken. */
  public static final String ASSET_MANAGEMENT = "ASSET_MANAGEMENT";

  /** Licences were bought or refunded. */
  public static final String ASSET_COUNT = "ASSET_COUNT";

  /** Users were created, updated or retired. */
  public static final String USER_MANAGEMENT = "USER_MANAGEMENT";

  /** A user accepted the invitation. */
  public static final String USER_ASSOCIATED = "USER_ASSOCIATED";
}
