package dev.fettle.ddi;

import dev.fettle.updates.Artifact;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The form of answers that an agent needs.
 *
 * @param word how it calls itself
 * @param part what it wants a chunk to be called
 * @param oneFile whether it refuses more than one file
 * @param suffixes the file names that it looks for, best first
 * @param compact whether answers have to be small: it reads them into fixed structures
 * @param repeatsRefusedReports whether it sends a note that was refused again and again, while the
 *     end waits
 * @param endsBeforeRestart whether it reports success, and then once more the versions that it
 *     knew, before the restart that makes the success true
 */
record AgentProfile(
    String word,
    String part,
    boolean oneFile,
    List<String> suffixes,
    boolean compact,
    boolean repeatsRefusedReports,
    boolean endsBeforeRestart) {

  private static final AgentProfile OTHER =
      new AgentProfile("unknown", "os", false, List.of(), false, false, false);

  private static final List<AgentProfile> ALL =
      List.of(
          new AgentProfile("fettle", "os", false, List.of(), false, false, false),
          new AgentProfile("swupdate", "os", false, List.of(".swu"), false, false, false),
          new AgentProfile("rauc", "os", true, List.of(".raucb"), false, true, true),
          new AgentProfile(
              "zephyr", "bApp", true, List.of(".signed.bin", ".bin", ".hex"), true, false, false));

  /**
   * The profile of a device.
   *
   * @param agent what the device said that its agent is
   * @param userAgent the header, by which rauc-hawkbit-updater names itself
   * @param accept the header, which Zephyr's client does not send
   */
  static AgentProfile of(String agent, @Nullable String userAgent, @Nullable String accept) {
    String named = agent.toLowerCase(Locale.ROOT);
    String sender = userAgent == null ? "" : userAgent.toLowerCase(Locale.ROOT);
    for (AgentProfile profile : ALL) {
      if (named.startsWith(profile.word) || sender.startsWith(profile.word)) {
        return profile;
      }
    }
    boolean zephyr = named.equals("unknown") && userAgent == null && accept == null;
    return zephyr ? ALL.getLast() : OTHER;
  }

  /**
   * The files to offer: all, or the one that this agent can use best. An empty file is no image,
   * and rauc-hawkbit-updater dies of its size each time it reads the deployment.
   */
  List<Artifact> choose(List<Artifact> files) {
    if (!oneFile) {
      return files;
    }
    return files.stream()
        .filter(file -> file.content().size() > 0)
        .min(Comparator.comparingInt(file -> rank(file.fileName())))
        .map(List::of)
        .orElse(List.of());
  }

  private int rank(String fileName) {
    for (int i = 0; i < suffixes.size(); i++) {
      if (fileName.toLowerCase(Locale.ROOT).endsWith(suffixes.get(i))) {
        return i;
      }
    }
    return suffixes.size();
  }
}
