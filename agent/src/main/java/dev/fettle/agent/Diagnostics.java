package dev.fettle.agent;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** The text that is uploaded where no diagnostics command is configured. */
final class Diagnostics {
  private Diagnostics() {}

  static String text(AgentSettings settings, AgentState state, Instant now) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("Fettle agent ").append(Attributes.AGENT).append(" at ").append(now).append('\n');
    text.append("device ").append(settings.address().controllerId()).append('\n');
    text.append("server ").append(settings.address().server()).append('\n');
    text.append("system ")
        .append(System.getProperty("os.name"))
        .append(' ')
        .append(System.getProperty("os.version"))
        .append(' ')
        .append(System.getProperty("os.arch"))
        .append('\n');
    text.append("java ").append(System.getProperty("java.version")).append('\n');
    FileStore store = Files.getFileStore(settings.stateFolder());
    text.append("free bytes in the state folder ").append(store.getUsableSpace()).append('\n');
    for (Map.Entry<String, String> version : new TreeMap<>(state.installed()).entrySet()) {
      text.append("installed ")
          .append(version.getKey())
          .append(' ')
          .append(version.getValue())
          .append('\n');
    }
    text.append("work ").append(state.work()).append('\n');
    return text.toString();
  }
}
