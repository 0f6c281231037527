package dev.fettle.identity;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.http.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a form that was posted. */
record Form(Map<String, String> fields) {

  private static final int LARGEST = 65_536;
  private static final String TYPE = "application/x-www-form-urlencoded";

  Form {
    fields = Map.copyOf(fields);
  }

  /**
   * Reads a request's body.
   *
   * @throws Refusal with OAuth's {@code invalid_request}
   */
  static Form read(Request request) {
    String type = request.header("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(TYPE)) {
      throw wrong("AADSTS900144: The request body must be a form of the type " + TYPE + ".");
    }
    Map<String, String> fields = new HashMap<>();
    String body = new String(request.body(LARGEST), StandardCharsets.UTF_8);
    for (String pair : body.split("&")) {
      if (!pair.isEmpty()) {
        List<String> parts = List.of(pair.split("=", 2));
        String name = decode(parts.getFirst());
        if (fields.put(name, parts.size() == 2 ? decode(parts.getLast()) : "") != null) {
          throw wrong("AADSTS90014: A field of the form is given twice.");
        }
      }
    }
    return new Form(fields);
  }

  /** A field that is there and not empty, or null. */
  @Nullable String optional(String name) {
    String value = fields.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  /** Names only: a form holds a secret. */
  @Override
  public String toString() {
    return "Form" + fields.keySet();
  }

  /** Decodes a piece of a form, where a plus sign is a blank. */
  static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw wrong("AADSTS90023: The form is not encoded as " + TYPE + ".");
    }
  }

  private static Refusal wrong(String message) {
    return new Refusal(new Reason.Invalid("invalid_request", message, null, List.of()));
  }
}
