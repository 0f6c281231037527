package dev.fettle.simulator.devices;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A device that the server knows already. It sends no documents on activity, configuration and
 * health: the server has those that it was given.
 *
 * @param targetToken the device's own token; null to use the fleet's gateway token
 * @param attributes what it says about itself, by the names of the protocol ({@code manufacturer},
 *     {@code version.teamsClient}); may be empty
 */
public record GivenDevice(
    String controllerId, @Nullable String targetToken, Map<String, String> attributes) {
  public GivenDevice {
    attributes = Map.copyOf(attributes);
  }

  @Override
  public String toString() {
    return "GivenDevice[" + controllerId + "]";
  }
}
