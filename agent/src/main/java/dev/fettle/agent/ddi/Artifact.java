package dev.fettle.agent.ddi;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One file of a deployment: its name, its size, its hashes (hex, null if not given), its link. */
public record Artifact(
    String fileName,
    long size,
    @Nullable String sha1,
    @Nullable String md5,
    @Nullable String sha256,
    @Nullable URI download) {

  static Artifact of(JsonNode body) {
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
