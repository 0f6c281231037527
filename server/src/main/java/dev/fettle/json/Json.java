package dev.fettle.json;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON text in and out. Reading is strict: one value, no duplicate members, at most {@value
 * #MAX_DEPTH} levels, numbers of at most 100 digits. Stateless; safe for concurrent use.
 */
public final class Json {

  /** The deepest nesting that is read. */
  public static final int MAX_DEPTH = 100;

  /** The most tokens of a body: values, names of members, and brackets. */
  static final int MAX_TOKENS = 100_000;

  private static final String EMPTY = "Empty Payload. JSON content expected.";
  private static final String BROKEN =
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is"
          + " of valid JSON format.";

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(100)
                  .maxNameLength(2_000)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final JsonMapper MAPPER = mapper(FACTORY);

  private static final JsonMapper BODIES =
      mapper(
          FACTORY
              .rebuild()
              .streamReadConstraints(
                  FACTORY.streamReadConstraints().rebuild().maxTokenCount(MAX_TOKENS).build())
              .build());

  private Json() {}

  private static JsonMapper mapper(JsonFactory factory) {
    return JsonMapper.builder(factory)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .build();
  }

  /**
   * Reads one JSON value that a stranger sent: as {@link #read}, and of no more than {@value
   * #MAX_TOKENS} tokens, since a body of nothing but brackets takes twenty times its bytes.
   */
  public static JsonNode readBody(byte[] bytes) {
    return read(BODIES, bytes, EMPTY, BROKEN);
  }

  /**
   * Reads one JSON value.
   *
   * @throws Refusal with {@link Reason.Invalid} and Graph's own text if the bytes are not exactly
   *     one JSON value in UTF-8 within the limits
   */
  public static JsonNode read(byte[] bytes) {
    return read(MAPPER, bytes, EMPTY, BROKEN);
  }

  /**
   * Reads one JSON value of a file that a request brought along.
   *
   * @param file its name, for the refusal
   * @throws Refusal with {@link Reason.Invalid} that names the file
   */
  public static JsonNode readFile(byte[] bytes, String file) {
    return read(BODIES, bytes, file + " is empty.", file + " cannot be read.");
  }

  private static JsonNode read(JsonMapper mapper, byte[] bytes, String empty, String broken) {
    try {
      JsonNode node = mapper.readTree(bytes);
      if (node.isMissingNode()) {
        throw Refusal.invalid(null, empty);
      }
      return node;
    } catch (JacksonException e) {
      throw Refusal.invalid(null, broken + " " + problem(e));
    }
  }

  /** Reads one JSON value from text that the server itself stored or ships. */
  public static JsonNode readTrusted(String text) {
    return MAPPER.readTree(text);
  }

  /** Writes a value as compact JSON text. */
  public static String text(JsonNode node) {
    return MAPPER.writeValueAsString(node);
  }

  /** Writes a value as compact JSON in UTF-8. */
  public static byte[] bytes(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /** The text of a document, without the blanks that PostgreSQL puts between its members. */
  public static String compact(String document) {
    if (document.indexOf(' ') < 0) {
      return document;
    }
    char[] kept = new char[document.length()];
    int length = 0;
    boolean inString = false;
    for (int i = 0; i < document.length(); i++) {
      char c = document.charAt(i);
      if (c == ' ' && !inString) {
        continue;
      }
      kept[length++] = c;
      if (c == '"') {
        inString = !inString;
      } else if (c == '\\') {
        kept[length++] = document.charAt(++i);
      }
    }
    return new String(kept, 0, length);
  }

  /** A new empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A generator that streams JSON in UTF-8 to the given stream; the caller closes it. */
  public static JsonGenerator generator(OutputStream out) {
    return MAPPER.createGenerator(out);
  }

  /** Collects what the writer generates, as UTF-8. */
  public static byte[] generate(Consumer<JsonGenerator> writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator generator = generator(out)) {
      writer.accept(generator);
    }
    return out.toByteArray();
  }

  /** The parser's words without the source excerpt, which may hold a secret. */
  private static String problem(JacksonException e) {
    String place =
        e.getLocation() == null
            ? ""
            : " (line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr()
                + ")";
    String words = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
    if (words.startsWith("Duplicate")) {
      return "A member is given twice." + place;
    }
    if (words.startsWith("Document nesting depth")) {
      return "It is nested more than " + MAX_DEPTH + " levels deep." + place;
    }
    if (words.startsWith("Token count")) {
      return "It holds more than " + MAX_TOKENS + " values, names and brackets.";
    }
    return "It is not valid JSON." + place;
  }
}
