package dev.fettle.agent.ddi;

import dev.fettle.agent.downloads.Artifact;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an action wants installed.
 *
 * @param download {@code forced}, {@code attempt} or {@code skip}
 * @param update {@code forced}, {@code attempt} or {@code skip}
 * @param maintenanceWindow {@code available}, {@code unavailable}, or empty if there is none
 */
public record Deployment(
    String id, String download, String update, String maintenanceWindow, List<Chunk> chunks) {

  public Deployment {
    chunks = List.copyOf(chunks);
  }

  /** A named and versioned part with its files. */
  public record Chunk(
      String part,
      String version,
      String name,
      List<Artifact> artifacts,
      Map<String, String> metadata) {

    public Chunk {
      artifacts = List.copyOf(artifacts);
      metadata = Map.copyOf(metadata);
    }

    /** The software type, where the server names it; otherwise the protocol's word for the part. */
    public String softwareType() {
      return metadata.getOrDefault("softwareType", part);
    }
  }

  static Deployment of(JsonNode body) {
    JsonNode deployment = body.path("deployment");
    List<Chunk> chunks = new ArrayList<>();
    for (JsonNode chunk : deployment.path("chunks")) {
      List<Artifact> artifacts = new ArrayList<>();
      chunk.path("artifacts").forEach(artifact -> artifacts.add(artifact(artifact)));
      Map<String, String> metadata = new LinkedHashMap<>();
      for (JsonNode entry : chunk.path("metadata")) {
        metadata.put(entry.path("key").asString(""), entry.path("value").asString(""));
      }
      chunks.add(
          new Chunk(
              chunk.path("part").asString(""),
              chunk.path("version").asString(""),
              chunk.path("name").asString(""),
              artifacts,
              metadata));
    }
    return new Deployment(
        body.path("id").asString(""),
        deployment.path("download").asString("forced"),
        deployment.path("update").asString("forced"),
        deployment.path("maintenanceWindow").asString(""),
        chunks);
  }

  private static Artifact artifact(JsonNode body) {
    JsonNode hashes = body.path("hashes");
    JsonNode links = body.path("_links");
    URI link = DdiJson.uri(links.path("download").path("href").asString(""));
    return new Artifact(
        body.path("filename").asString(""),
        body.path("size").asLong(-1),
        hash(hashes, "sha1"),
        hash(hashes, "md5"),
        hash(hashes, "sha256"),
        link != null ? link : DdiJson.uri(links.path("download-http").path("href").asString("")));
  }

  private static @Nullable String hash(JsonNode hashes, String name) {
    String text = hashes.path(name).asString("").toLowerCase(Locale.ROOT);
    return text.isEmpty() ? null : text;
  }
}
