package dev.fettle.agent;

import dev.fettle.agent.ddi.DdiClient;
import dev.fettle.agent.ddi.DdiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends the documents on activity, configuration and health when they are new: those of the report
 * file, with the software versions that the agent knows itself.
 */
final class Report {
  private final AgentSettings settings;
  private final JsonMapper json = JsonMapper.shared();
  private @Nullable ObjectNode sent;
  private boolean unknownToServer;

  Report(AgentSettings settings) {
    this.settings = settings;
  }

  void sendIfChanged(DdiClient client, AgentState state, AgentLog log)
      throws IOException, InterruptedException {
    if (unknownToServer) {
      return;
    }
    ObjectNode document = document(state, log);
    if (document.equals(sent)) {
      return;
    }
    try {
      client.report(document);
    } catch (DdiException e) {
      switch (e.status()) {
        // Other servers of this protocol do not have the address.
        case 401, 404, 405, 501 -> unknownToServer = true;
        case 400 -> log.line("the server does not accept the report file: " + e.getMessage());
        default -> throw e;
      }
    }
    sent = document;
  }

  private ObjectNode document(AgentState state, AgentLog log) throws IOException {
    ObjectNode document = json.createObjectNode();
    Path file = settings.reportFile();
    if (file != null && Files.exists(file)) {
      try {
        JsonNode given = json.readTree(Files.readAllBytes(file));
        if (given instanceof ObjectNode object) {
          document = object;
        }
      } catch (JacksonException e) {
        log.line(file + " is no JSON: " + e.getOriginalMessage());
        return sent == null ? document : sent;
      }
    }
    ObjectNode configuration =
        document.get("configuration") instanceof ObjectNode given
            ? given
            : document.putObject("configuration");
    ObjectNode versions =
        configuration.get("softwareVersions") instanceof ObjectNode given
            ? given
            : configuration.putObject("softwareVersions");
    Attributes.of(settings, state.installed())
        .forEach(
            (key, version) -> {
              String member = member(key);
              if (member != null) {
                versions.put(member, version);
              }
            });
    return document;
  }

  private static @Nullable String member(String attribute) {
    return switch (attribute) {
      case "version.adminAgent" -> "adminAgentSoftwareVersion";
      case "version.firmware" -> "firmwareSoftwareVersion";
      case "version.operatingSystem" -> "operatingSystemSoftwareVersion";
      case "version.partnerAgent" -> "partnerAgentSoftwareVersion";
      case "version.teamsClient" -> "teamsClientSoftwareVersion";
      default -> null;
    };
  }
}
