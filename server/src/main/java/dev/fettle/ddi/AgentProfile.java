package dev.fettle.ddi;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an agent needs an answer to look like.
 *
 * @param word how it calls itself
 * @param part what it wants a chunk to be called
 * @param oneFile whether it refuses more than one file
 * @param suffixes the file names that it looks for, best first
 * @param terse whether answers have to be small: it reads them into fixed structures
 */
record AgentProfile(
    String word, String part, boolean oneFile, List<String> suffixes, boolean terse) {

  private static final AgentProfile OTHER =
      new AgentProfile("unknown", "os", false, List.of(), false);

  private static final List<AgentProfile> ALL =
      List.of(
          new AgentProfile("fettle", "os", false, List.of(), false),
          new AgentProfile("swupdate", "os", false, List.of(".swu"), false),
          new AgentProfile("rauc", "os", true, List.of(".raucb"), false),
          new AgentProfile("zephyr", "bApp", true, List.of(".signed.bin", ".bin", ".hex"), true));

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

  /** The files to offer: all, or the one that this agent can use best. */
  <T> List<T> choose(List<T> files, Function<T, String> name) {
    if (!oneFile || files.size() <= 1) {
      return files;
    }
    Comparator<T> best = Comparator.comparingInt(file -> rank(name.apply(file)));
    return List.of(files.stream().min(best).orElseThrow());
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
