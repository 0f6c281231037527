package dev.fettle.agent.ddi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One report on an action: how far it is, how it ended, and words for people. */
public record Feedback(
    String execution, String finished, @Nullable Integer code, List<String> details) {
  private static final int LONGEST_DETAIL = 512;
  private static final int MOST_DETAILS = 50;

  /** Keeps the last details where there are too many, and cuts long ones: servers refuse both. */
  public Feedback {
    details =
        details.subList(Math.max(0, details.size() - MOST_DETAILS), details.size()).stream()
            .map(d -> d.length() <= LONGEST_DETAIL ? d : d.substring(0, LONGEST_DETAIL))
            .toList();
  }

  /** Work goes on. */
  public static Feedback proceeding(String... details) {
    return new Feedback("proceeding", "none", null, List.of(details));
  }

  /** The files are here; installing them was not asked for. */
  public static Feedback downloaded(String... details) {
    return new Feedback("downloaded", "success", null, List.of(details));
  }

  /** Over, and well. */
  public static Feedback success(List<String> details) {
    return new Feedback("closed", "success", null, details);
  }

  /** Over, and not well. */
  public static Feedback failure(@Nullable Integer code, List<String> details) {
    return new Feedback("closed", "failure", code, details);
  }

  /** The device refuses, and the action stays open. */
  public static Feedback rejected(String... details) {
    return new Feedback("rejected", "none", null, List.of(details));
  }

  /** The device would like the server to cancel. */
  public static Feedback canceled(String... details) {
    return new Feedback("canceled", "none", null, List.of(details));
  }
}
