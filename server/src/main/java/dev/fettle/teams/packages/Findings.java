package dev.fettle.teams.packages;

import dev.fettle.base.Reason;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Collects what is wrong with a package; not for concurrent use. */
final class Findings {

  /** Beyond this many findings a package is not worth reading on. */
  static final int MOST = 200;

  private final List<Reason.Detail> all = new ArrayList<>();

  void add(String code, String target, String message) {
    if (all.size() < MOST) {
      all.add(new Reason.Detail(code, message, target));
    }
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  List<Reason.Detail> all() {
    return List.copyOf(all);
  }

  /** All findings as the documented messages join them. */
  static String joined(List<Reason.Detail> findings) {
    return findings.stream()
        .map(finding -> finding.target() + " | " + finding.message())
        .collect(Collectors.joining("; "));
  }

  /** A value as messages show it: as JSON, but for what is too long. */
  static String shown(JsonNode value) {
    return value.isString()
        ? "\"" + shortened(value.stringValue()) + "\""
        : shortened(Json.text(value));
  }

  static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
