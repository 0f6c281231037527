package dev.fettle.ddi;

import dev.fettle.http.Request;
import dev.fettle.json.Json;
import dev.fettle.updates.Artifact;
import dev.fettle.updates.Deployment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The shapes of answers. Ids are texts of digits and sizes are numbers: the only forms that every
 * known agent takes.
 */
final class DdiJson {
  private DdiJson() {}

  /**
   * The answer to a poll; printed right away, as most requests are polls.
   *
   * @param base the device's own address, for the links
   * @param links the paths below it by their names
   */
  static byte[] poll(Duration sleep, String base, Map<String, String> links) {
    return Json.generate(
        json -> {
          json.writeStartObject();
          json.writeObjectPropertyStart("config");
          json.writeObjectPropertyStart("polling");
          json.writeStringProperty("sleep", sleep(sleep));
          json.writeEndObject();
          json.writeEndObject();
          if (!links.isEmpty()) {
            json.writeObjectPropertyStart("_links");
            links.forEach(
                (name, path) -> {
                  json.writeObjectPropertyStart(name);
                  json.writeStringProperty("href", base + path);
                  json.writeEndObject();
                });
            json.writeEndObject();
          }
          json.writeEndObject();
        });
  }

  /** A duration as {@code HH:mm:ss}, which is the only form that agents read. */
  static String sleep(Duration time) {
    int seconds = Math.clamp(time.toSeconds(), 1, 24 * 3600 - 1);
    return twoDigits(seconds / 3600)
        + ':'
        + twoDigits(seconds / 60 % 60)
        + ':'
        + twoDigits(seconds % 60);
  }

  private static String twoDigits(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  static ObjectNode deployment(
      Deployment found, AgentProfile profile, String base, boolean history) {
    ObjectNode body = Json.object();
    body.put("id", Integer.toString(found.operation().actionNumber()));
    ObjectNode deployment = body.putObject("deployment");
    deployment.put("download", "forced");
    deployment.put("update", "forced");
    ObjectNode chunk = deployment.putArray("chunks").addObject();
    chunk.put("part", profile.part());
    chunk.put("version", found.version());
    chunk.put("name", found.name());
    ArrayNode artifacts = chunk.putArray("artifacts");
    for (Artifact artifact : profile.choose(found.artifacts())) {
      artifacts.add(artifact(artifact, profile, base));
    }
    if (!profile.compact()) {
      chunk
          .putArray("metadata")
          .addObject()
          .put("key", "softwareType")
          .put("value", found.softwareType());
    }
    if (history && !profile.compact()) {
      ObjectNode actionHistory = body.putObject("actionHistory");
      actionHistory.put("status", found.operation().isFinal() ? "FINISHED" : "RUNNING");
      ArrayNode messages = actionHistory.putArray("messages");
      found.history().forEach(messages::add);
    }
    return body;
  }

  static ArrayNode artifacts(List<Artifact> artifacts, AgentProfile profile, String base) {
    ArrayNode list = Json.object().putArray("artifacts");
    artifacts.forEach(artifact -> list.add(artifact(artifact, profile, base)));
    return list;
  }

  private static ObjectNode artifact(Artifact artifact, AgentProfile profile, String base) {
    ObjectNode node = Json.object();
    node.put("filename", artifact.fileName());
    ObjectNode hashes = node.putObject("hashes");
    if (!profile.compact()) {
      hashes.put("sha1", artifact.content().sha1());
      hashes.put("md5", artifact.content().md5());
    }
    hashes.put("sha256", artifact.content().sha256());
    node.put("size", artifact.content().size());
    String href =
        base
            + "/softwaremodules/"
            + artifact.moduleNumber()
            + "/artifacts/"
            + Request.encode(artifact.fileName());
    ObjectNode links = node.putObject("_links");
    if (!profile.compact()) {
      links.putObject("download").put("href", href);
    }
    links.putObject("download-http").put("href", href);
    if (!profile.compact()) {
      links.putObject("md5sum").put("href", href + DdiDownloads.MD5SUM);
      links.putObject("md5sum-http").put("href", href + DdiDownloads.MD5SUM);
    }
    return node;
  }
}
