package dev.fettle.updates;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an agent says of an action.
 *
 * @param code a number of the agent's own
 * @param details the agent's words, oldest first
 */
public record AgentReport(
    Execution execution, Finished finished, @Nullable Integer code, List<String> details) {

  /** The most messages in one report. */
  public static final int MOST_DETAILS = 50;

  /** How far the agent is. */
  public enum Execution {
    CLOSED,
    PROCEEDING,
    CANCELED,
    SCHEDULED,
    REJECTED,
    RESUMED,
    DOWNLOADED,
    DOWNLOAD;

    /** The word as DDI spells it, read in exactly that spelling. */
    public static Optional<Execution> of(String word) {
      for (Execution execution : values()) {
        if (execution.word().equals(word)) {
          return Optional.of(execution);
        }
      }
      return Optional.empty();
    }

    /** The word as DDI spells it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How it ended. */
  public enum Finished {
    SUCCESS,
    FAILURE,
    NONE;

    /** The word as DDI spells it, read in exactly that spelling. */
    public static Optional<Finished> of(String word) {
      for (Finished finished : values()) {
        if (finished.word().equals(word)) {
          return Optional.of(finished);
        }
      }
      return Optional.empty();
    }

    /** The word as DDI spells it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public AgentReport {
    details = List.copyOf(details);
  }
}
