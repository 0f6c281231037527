package dev.fettle.agent;

import java.util.LinkedHashMap;
import java.util.Map;

/** The attributes that a device tells about itself. */
final class Attributes {
  /** Name and version of this agent, by which a server knows what it can do. */
  static final String AGENT = "fettle/0.1";

  private Attributes() {}

  static Map<String, String> of(AgentSettings settings, Map<String, String> installed) {
    Map<String, String> attributes = new LinkedHashMap<>(settings.attributes());
    attributes.put("agent", AGENT);
    attributes.put("capability.restart", Boolean.toString(settings.restartCommand() != null));
    attributes.put("capability.diagnostics", "true");
    settings.versions().forEach((type, version) -> attributes.put("version." + type, version));
    installed.forEach((type, version) -> attributes.put("version." + type, version));
    return attributes;
  }
}
