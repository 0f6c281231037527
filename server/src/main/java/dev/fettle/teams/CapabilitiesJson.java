package dev.fettle.teams;

import dev.fettle.json.Json;
import dev.fettle.teams.packages.Capabilities;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Capabilities as they are stored. */
final class CapabilitiesJson {

  private CapabilitiesJson() {}

  /** Writes what {@link #read} reads. */
  static ObjectNode write(Capabilities capabilities) {
    ObjectNode json = Json.object();
    json.put("registration", capabilities.registration());
    texts(json.putArray("bots"), capabilities.bots());
    ObjectNode scopes = json.putObject("scopes");
    capabilities.scopes().forEach((kind, some) -> texts(scopes.putArray(kind), some));
    return json.put("calling", capabilities.calling())
        .put("video", capabilities.video())
        .put("files", capabilities.files())
        .put("notificationOnly", capabilities.notificationOnly());
  }

  /** Reads what was stored. */
  static Capabilities read(JsonNode json) {
    Map<String, Set<String>> scopes = new TreeMap<>();
    json.path("scopes")
        .properties()
        .forEach(one -> scopes.put(one.getKey(), texts(one.getValue())));
    JsonNode registration = json.path("registration");
    return new Capabilities(
        registration.isString() ? registration.stringValue() : null,
        texts(json.path("bots")),
        scopes,
        json.path("calling").booleanValue(),
        json.path("video").booleanValue(),
        json.path("files").booleanValue(),
        json.path("notificationOnly").booleanValue());
  }

  private static void texts(ArrayNode list, Set<String> texts) {
    texts.stream().sorted().forEach(list::add);
  }

  private static Set<String> texts(JsonNode list) {
    Set<String> texts = new TreeSet<>();
    list.forEach(one -> texts.add(one.stringValue()));
    return texts;
  }
}
