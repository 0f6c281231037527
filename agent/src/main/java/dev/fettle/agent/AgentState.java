package dev.fettle.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the agent knows across restarts.
 *
 * @param installed the version of each software type that was installed or configured
 * @param work the deployment that is being carried out
 * @param endings actions that are over here and whose end the server has not confirmed yet
 * @param restarting the restart action whose command was given
 */
record AgentState(
    Map<String, String> installed,
    @Nullable Work work,
    List<Ending> endings,
    @Nullable String restarting) {

  AgentState {
    installed = Map.copyOf(installed);
    endings = List.copyOf(endings);
  }

  /**
   * A deployment under way.
   *
   * @param installedChunks how many of its chunks are installed
   * @param installing whether the installer of the next chunk was started
   * @param waiting whether everything is downloaded and told, and the server has yet to allow the
   *     installation
   */
  record Work(String actionId, int installedChunks, boolean installing, boolean waiting) {}

  /** How an action ended. */
  record Ending(String actionId, boolean success, @Nullable Integer code, List<String> details) {
    Ending {
      details = List.copyOf(details);
    }
  }

  static AgentState empty() {
    return new AgentState(Map.of(), null, List.of(), null);
  }

  AgentState with(@Nullable Work newWork) {
    return new AgentState(installed, newWork, endings, restarting);
  }

  AgentState withRestarting(@Nullable String actionId) {
    return new AgentState(installed, work, endings, actionId);
  }

  AgentState withInstalled(String softwareType, String version, Work newWork) {
    Map<String, String> versions = new LinkedHashMap<>(installed);
    versions.put(softwareType, version);
    return new AgentState(versions, newWork, endings, restarting);
  }

  /** The work is over; its end has still to be told. */
  AgentState ended(Ending ending) {
    List<Ending> all = new ArrayList<>(endings);
    all.add(ending);
    return new AgentState(installed, null, all, restarting);
  }

  AgentState told(Ending ending) {
    return new AgentState(
        installed, work, endings.stream().filter(e -> !e.equals(ending)).toList(), restarting);
  }
}
