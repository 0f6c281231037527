package dev.fettle.simulator.apple;

import tools.jackson.databind.JsonNode;

/**
 * Something to tell the client's notification URL.
 *
 * @param type the notification type, known to Apple or not
 * @param notification the document inside
 */
record Notice(String type, JsonNode notification) {
  static final String TEST = "TEST_NOTIFICATION";
  static final String ASSET_MANAGEMENT = "ASSET_MANAGEMENT";
  static final String ASSET_COUNT = "ASSET_COUNT";
  static final String USER_MANAGEMENT = "USER_MANAGEMENT";
  static final String USER_ASSOCIATED = "USER_ASSOCIATED";
}
