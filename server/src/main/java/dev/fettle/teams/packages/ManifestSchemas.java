package dev.fettle.teams.packages;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.format.Format;
import com.networknt.schema.path.NodePath;
import dev.fettle.base.Texts;
import dev.fettle.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas of manifests, one for each version, made of {@code teams/manifest.schema.json} when a
 * manifest of the version is first seen. Safe for concurrent use.
 */
final class ManifestSchemas {

  private static final String RESOURCE = "/teams/manifest.schema.json";

  /** The rules whose codes are not their keywords. */
  private static final Map<String, String> CODES =
      Map.of("maxLength", "MaximumLength", "maxItems", "MaximumItems");

  private final Map<ManifestVersion, Schema> schemas = new ConcurrentHashMap<>();

  /** Adds what is wrong with a manifest by the schema of its version. */
  void check(JsonNode manifest, ManifestVersion version, Findings findings) {
    List<Error> errors = new BoundedErrors().of(schema(version), manifest);
    Set<NodePath> ofWrongType = new HashSet<>();
    for (Error error : errors) {
      if (error.getKeyword().equals("type")) {
        ofWrongType.add(error.getInstanceLocation());
      }
    }
    for (Error error : errors) {
      String keyword = error.getKeyword();
      if (keyword.equals("type") || !ofWrongType.contains(error.getInstanceLocation())) {
        String code = CODES.getOrDefault(keyword, capitalized(keyword));
        findings.add("SchemaError_" + code, target(error), message(error));
      }
    }
  }

  private Schema schema(ManifestVersion version) {
    return schemas.computeIfAbsent(version, ManifestSchemas::read);
  }

  private static Schema read(ManifestVersion version) {
    Dialect dialect = Dialect.builder(Dialects.getDraft202012()).format(new StorableText()).build();
    try (InputStream in = ManifestSchemas.class.getResourceAsStream(RESOURCE)) {
      String text =
          new String(Objects.requireNonNull(in, RESOURCE).readAllBytes(), StandardCharsets.UTF_8);
      return SchemaRegistry.withDialect(dialect).getSchema(of(Json.readTrusted(text), version));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A part of the schema without what the version does not have. */
  private static JsonNode of(JsonNode part, ManifestVersion version) {
    if (part instanceof ArrayNode list) {
      ArrayNode kept = list.arrayNode();
      for (JsonNode item : list) {
        if (version.has(item)) {
          kept.add(item.has("value") ? item.get("value") : of(item, version));
        }
      }
      return kept;
    }
    if (!(part instanceof ObjectNode object)) {
      return part;
    }
    ObjectNode kept = object.objectNode();
    object.forEachEntry(
        (name, member) -> {
          if (version.has(member)) {
            kept.set(name, of(member, version));
          }
        });
    return kept.remove(List.of("since", "until", "preview"));
  }

  /** The place in dots and brackets; that of a member for one that is missing or too much. */
  private static String target(Error error) {
    StringBuilder target = new StringBuilder();
    NodePath place = error.getInstanceLocation();
    for (int i = 0; i < place.getNameCount(); i++) {
      if (place.getElement(i) instanceof Integer index) {
        target.append('[').append(index).append(']');
      } else {
        target.append(target.isEmpty() ? "" : ".").append(place.getName(i));
      }
    }
    if (error.getProperty() != null) {
      target.append(target.isEmpty() ? "" : ".").append(Findings.shortened(error.getProperty()));
    }
    return target.toString();
  }

  /** The documented words, where there are any. */
  private static String message(Error error) {
    JsonNode value = error.getInstanceNode();
    JsonNode rule = error.getSchemaNode();
    return switch (error.getKeyword()) {
      // The documented answer names the missing property as target and leaves the brackets empty.
      case "required" -> "Required properties are missing from object: [].";
      case "additionalProperties" ->
          "Property '%s' has not been defined and the schema does not allow additional properties."
              .formatted(Findings.shortened(error.getProperty()));
      case "type" ->
          "Invalid type. Expected %s but got %s."
              .formatted(capitalized(rule.asString()), value.getNodeType());
      case "enum" -> "Value %s is not defined in enum.".formatted(Findings.shown(value));
      case "pattern" ->
          "String %s does not match regex pattern \"%s\"."
              .formatted(Findings.shown(value), rule.asString());
      case "maxLength" ->
          "String %s exceeds maximum length of %d."
              .formatted(Findings.shown(value), rule.intValue());
      case "maxItems" ->
          "Array item count %d exceeds maximum count of %d."
              .formatted(value.size(), rule.intValue());
      case "uniqueItems" -> "Non-unique array item at index %d.".formatted(repeated(value));
      case "format" ->
          value.asString().indexOf('\0') >= 0
              ? "The text holds the character U+0000."
              : "The text holds half of a surrogate pair, which is no character.";
      default -> error.getMessage();
    };
  }

  private static int repeated(JsonNode items) {
    Set<JsonNode> seen = new HashSet<>();
    int index = 0;
    while (seen.add(items.get(index))) {
      index++;
    }
    return index;
  }

  private static String capitalized(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  /** The errors of one check, of which no more are kept than a package may have findings. */
  private static final class BoundedErrors extends ExecutionContext {
    BoundedErrors() {
      executionConfig(config -> config.formatAssertionsEnabled(true));
    }

    /** The errors, those of the whole before those of its parts. */
    List<Error> of(Schema schema, JsonNode manifest) {
      schema.validate(this, manifest);
      return getErrors().stream()
          .sorted(Comparator.comparingInt(error -> error.getInstanceLocation().getNameCount()))
          .toList();
    }

    @Override
    public void addError(Error error) {
      if (getErrors().size() < Findings.MOST) {
        super.addError(error);
      }
    }
  }

  /** The format of texts that the database can keep. */
  private static final class StorableText implements Format {
    @Override
    public String getName() {
      return "text";
    }

    @Override
    public boolean matches(ExecutionContext context, String value) {
      return Texts.isStorable(value);
    }
  }
}
