package dev.fettle.updates;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A report of an agent on an action.
 *
 * @param code a number of the agent's own
 * @param details the agent's words, oldest first
 */
public record AgentReport(
    Execution execution, Finished finished, @Nullable Integer code, List<String> details) {

  /** The most messages in one report. */
  public static final int MOST_DETAILS = 50;

  /** The stages of an agent's work, named as DDI spells them. */
  public enum Execution {
    CLOSED,
    PROCEEDING,
    CANCELED,
    SCHEDULED,
    REJECTED,
    RESUMED,
    DOWNLOADED,
    DOWNLOAD
  }

  /** The results of an agent's work, named as DDI spells them. */
  public enum Finished {
    SUCCESS,
    FAILURE,
    NONE
  }

  public AgentReport {
    details = List.copyOf(details);
  }
}
