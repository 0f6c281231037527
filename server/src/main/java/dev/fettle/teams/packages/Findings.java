package dev.fettle.teams.packages;

import dev.fettle.base.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Collects what is wrong with a package; not for concurrent use. */
final class Findings {

  /** Beyond this many findings a package is not worth reading on. */
  private static final int MOST = 200;

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
}
