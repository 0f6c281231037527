package dev.fettle.app;

import dev.fettle.base.Sha256;
import dev.fettle.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The first data of a development server. */
final class Seed {
  /** The tenant of the public documentation's examples. */
  static final String TENANT = "6f1e77ae-0000-4000-8000-000000000001";

  /** The name of that tenant in the addresses of devices. */
  static final String DDI_NAME = "DEFAULT";

  /** The option for nothing at all. */
  static final String NONE = "none";

  /** The option for the examples of the public documentation. */
  static final String DOCUMENTATION = "documentation";

  private static final List<String> ROOMS =
      List.of("directory", "devices", "updates", "teams", "vpp");

  private Seed() {}

  /** The document that an option names. */
  static JsonNode document(String option) {
    return switch (option) {
      case NONE -> Json.object();
      case DOCUMENTATION -> documentation();
      default -> file(Path.of(option));
    };
  }

  /** The hash by which one document is told from another. */
  static String fingerprint(JsonNode document) {
    return Sha256.hex(Json.bytes(document));
  }

  private static JsonNode documentation() {
    ObjectNode all = Json.object();
    for (String room : ROOMS) {
      try (InputStream in = Seed.class.getResourceAsStream("/seed/" + room + ".json")) {
        if (in != null) {
          all.setAll(
              (ObjectNode) Json.readTrusted(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  private static JsonNode file(Path file) {
    try {
      JsonNode document = Json.readTrusted(Files.readString(file));
      if (!document.isObject()) {
        throw new StartRefused(
            ExitCode.SETTINGS, "The seed file " + file + " holds no JSON object.");
      }
      return document;
    } catch (IOException | JacksonException e) {
      throw new StartRefused(
          ExitCode.SETTINGS,
          "The seed file %s cannot be read: %s.".formatted(file, e.getMessage()));
    }
  }
}
