package dev.fettle.ddi;

import dev.fettle.base.EnumNames;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.devices.AttributeMode;
import dev.fettle.http.Request;
import dev.fettle.json.Json;
import dev.fettle.updates.AgentReport;
import dev.fettle.updates.AgentReport.Execution;
import dev.fettle.updates.AgentReport.Finished;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what agents send. Unknown members are ignored: each agent has some of its own. */
final class FeedbackJson {
  private static final int LARGEST = 512 * 1024;

  private FeedbackJson() {}

  /**
   * The body as a JSON object.
   *
   * @throws Refusal with {@link Reason.UnsupportedMediaType} if it is announced as something else,
   *     {@link Reason.Invalid} if it cannot be read
   */
  static JsonNode object(Request request) {
    String type = request.header("Content-Type");
    if (type != null && !type.isBlank()) {
      String media = type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
      if (!media.equals("application/json") && !media.endsWith("+json")) {
        throw new Refusal(
            new Reason.UnsupportedMediaType("Bodies are application/json, not '" + media + "'."));
      }
    }
    JsonNode body = Json.readBody(request.body(LARGEST));
    if (!body.isObject()) {
      throw Refusal.invalid(null, "The body has to be a JSON object.");
    }
    return body;
  }

  /** A report on an action. */
  static AgentReport report(JsonNode body) {
    JsonNode status = required(body, "status", body.path("status"));
    JsonNode result = required(status, "status.result", status.path("result"));
    String execution = word(status, "status.execution", "execution");
    String finished = word(result, "status.result.finished", "finished");
    return new AgentReport(
        EnumNames.find(Execution.class, execution)
            .orElseThrow(() -> unknown("status.execution", execution)),
        EnumNames.find(Finished.class, finished)
            .orElseThrow(() -> unknown("status.result.finished", finished)),
        code(status.path("code")),
        details(status.path("details")));
  }

  private static JsonNode required(JsonNode parent, String name, JsonNode found) {
    if (!parent.isObject() || !found.isObject()) {
      throw Refusal.invalid(name, "'" + name + "' is missing or no object.");
    }
    return found;
  }

  /** A required text of the body itself. */
  static String text(JsonNode body, String member) {
    return word(body, member, member);
  }

  private static String word(JsonNode parent, String name, String member) {
    JsonNode found = parent.path(member);
    if (!found.isString()) {
      throw Refusal.invalid(name, "'" + name + "' is missing or no text.");
    }
    return found.stringValue();
  }

  private static Refusal unknown(String name, String word) {
    return Refusal.invalid(name, "'" + name + "' has a word that is not known: '" + word + "'.");
  }

  /** A whole number, however it is written; it is no reason to lose the rest of a report. */
  private static @Nullable Integer code(JsonNode code) {
    if (code.isMissingNode() || code.isNull()) {
      return null;
    }
    String text = code.isValueNode() ? code.asString("").strip() : "";
    if (!text.matches("-?[0-9]{1,10}(\\.0{1,10})?")) {
      throw Refusal.invalid("status.code", "'status.code' is a whole number.");
    }
    long number = Long.parseLong(text.replaceFirst("\\..*", ""));
    if (number != (int) number) {
      throw Refusal.invalid("status.code", "'status.code' has at most 32 bits.");
    }
    return (int) number;
  }

  /** A list of texts; a single one counts as a list of one, numbers and truth values as texts. */
  private static List<String> details(JsonNode details) {
    if (details.isMissingNode() || details.isNull()) {
      return List.of();
    }
    if (details.isValueNode()) {
      return List.of(details.asString(""));
    }
    if (!details.isArray() || !details.valueStream().allMatch(JsonNode::isValueNode)) {
      throw Refusal.invalid("status.details", "'status.details' is a list of texts.");
    }
    return details.valueStream().map(entry -> entry.asString("")).toList();
  }

  /** The mode in which attributes are to be changed. */
  static AttributeMode mode(JsonNode body) {
    JsonNode mode = body.path("mode");
    if (mode.isMissingNode() || mode.isNull()) {
      return AttributeMode.MERGE;
    }
    return AttributeMode.of(mode.asString(""))
        .orElseThrow(() -> Refusal.invalid("mode", "'mode' is merge, replace or remove."));
  }

  /** The attributes; numbers and truth values count as text, a null removes its key. */
  static Map<String, @Nullable String> attributes(JsonNode body) {
    JsonNode data = body.path("data");
    if (!data.isObject()) {
      throw Refusal.invalid("data", "'data' is missing or no object.");
    }
    Map<String, @Nullable String> attributes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : data.properties()) {
      JsonNode value = entry.getValue();
      if (!value.isValueNode()) {
        throw Refusal.invalid("data", "The attribute '" + entry.getKey() + "' is not a text.");
      }
      attributes.put(entry.getKey(), value.isNull() ? null : value.asString(""));
    }
    return attributes;
  }
}
