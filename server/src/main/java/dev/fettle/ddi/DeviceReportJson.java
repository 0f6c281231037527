package dev.fettle.ddi;

import dev.fettle.base.Refusal;
import dev.fettle.devices.DeviceReport;
import dev.fettle.graph.Bodies;
import dev.fettle.graph.schema.GraphVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Holds the documents that a device sends against Graph's schema. */
final class DeviceReportJson {
  private static final Set<String> STATES = Set.of("unknown", "busy", "idle", "unavailable");
  private static final Set<String> MEMBERS =
      Set.of("activity", "activityState", "configuration", "health");

  private final Bodies bodies;

  DeviceReportJson(Bodies bodies) {
    this.bodies = bodies;
  }

  DeviceReport check(JsonNode body) {
    for (String name : body.propertyNames()) {
      if (!MEMBERS.contains(name)) {
        throw Refusal.invalid(
            name, "'" + name + "' is no document: activity, configuration and health are.");
      }
    }
    return new DeviceReport(
        document(body, "activity", "microsoft.graph.teamworkDeviceActivity"),
        state(body.path("activityState")),
        document(body, "configuration", "microsoft.graph.teamworkDeviceConfiguration"),
        document(body, "health", "microsoft.graph.teamworkDeviceHealth"));
  }

  private @Nullable ObjectNode document(JsonNode body, String name, String type) {
    JsonNode given = body.path(name);
    if (given.isMissingNode() || given.isNull()) {
      return null;
    }
    if (given instanceof ObjectNode object) {
      return bodies.partial(GraphVersion.BETA, type, object);
    }
    throw Refusal.invalid(name, "'" + name + "' has to be an object.");
  }

  private static @Nullable String state(JsonNode given) {
    if (given.isMissingNode() || given.isNull()) {
      return null;
    }
    String word = given.asString("");
    if (!STATES.contains(word)) {
      throw Refusal.invalid("activityState", "'" + word + "' is no teamworkDeviceActivityState.");
    }
    return word;
  }
}
