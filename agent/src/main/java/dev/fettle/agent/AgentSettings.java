package dev.fettle.agent;

import dev.fettle.agent.ddi.DdiAddress;
import dev.fettle.agent.ddi.DdiCredential;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the agent's configuration file says.
 *
 * @param attributes manufacturer, model, serialNumber, macAddresses, deviceType and whatever else
 *     shall be told
 * @param versions the version of each software type before anything was installed
 * @param installers the command for each software type
 * @param installerLimit how long an installer may take before it is stopped
 * @param reportFile a JSON document with {@code activity}, {@code configuration} and {@code health}
 *     that is sent at start and when it changes
 */
record AgentSettings(
    DdiAddress address,
    DdiCredential credential,
    @Nullable Path caFile,
    Path stateFolder,
    Map<String, String> attributes,
    Map<String, String> versions,
    Map<String, String> installers,
    Duration installerLimit,
    @Nullable String restartCommand,
    Duration restartWait,
    @Nullable String diagnosticsCommand,
    @Nullable Path reportFile) {

  private static final Set<String> KEYS =
      new TreeSet<>(
          Set.of(
              "server",
              "tenant",
              "id",
              "token",
              "token-file",
              "gateway-token",
              "gateway-token-file",
              "ca-file",
              "state",
              "installer.limit-seconds",
              "restart",
              "restart.wait-seconds",
              "diagnostics",
              "report-file"));
  // Six hours: long for any installer, and short of the day after which the server gives up.
  private static final int INSTALLER_LIMIT = 6 * 3600;

  // What the protocol allows, less the three attributes that the agent adds.
  private static final int MOST_ATTRIBUTES = 97;
  private static final int LONGEST_ATTRIBUTE = 128;

  private static final Set<String> FAMILIES = Set.of("attribute.", "version.", "install.");

  AgentSettings {
    attributes = Map.copyOf(attributes);
    versions = Map.copyOf(versions);
    installers = Map.copyOf(installers);
  }

  /** Reads a file and then the overriding values; every problem is told at once. */
  static AgentSettings read(@Nullable Path file, Map<String, String> overrides)
      throws IOException, SettingsException {
    Properties properties = new Properties();
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      } catch (IllegalArgumentException e) {
        throw new SettingsException(List.of(file + ": " + e.getMessage()));
      }
    }
    overrides.forEach(properties::setProperty);
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      values.put(key, properties.getProperty(key).strip());
    }
    return new Reading(values, file == null ? Path.of("") : folderOf(file)).settings();
  }

  private static Path folderOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  /** One reading of the values, with the problems found on the way. */
  private static final class Reading {
    private final Map<String, String> values;
    private final Path base;
    private final List<String> problems = new ArrayList<>();

    Reading(Map<String, String> values, Path base) {
      this.values = values;
      this.base = base;
    }

    AgentSettings settings() throws IOException, SettingsException {
      values.keySet().forEach(this::checkKey);
      DdiAddress address = address();
      DdiCredential credential = credential();
      checkAttributes();
      Duration limit = seconds("installer.limit-seconds", INSTALLER_LIMIT);
      Duration wait = seconds("restart.wait-seconds", 60);
      String state = values.get("state");
      if (state == null || state.isEmpty()) {
        problems.add("'state' is missing: the folder where the agent keeps what it has done");
      }
      if (address == null || credential == null || state == null || !problems.isEmpty()) {
        throw new SettingsException(problems);
      }
      return new AgentSettings(
          address,
          credential,
          path("ca-file"),
          base.resolve(state),
          family("attribute."),
          family("version."),
          family("install."),
          limit,
          values.get("restart"),
          wait,
          values.get("diagnostics"),
          path("report-file"));
    }

    private void checkKey(String key) {
      if (KEYS.contains(key)
          || FAMILIES.stream().anyMatch(f -> key.startsWith(f) && key.length() > f.length())) {
        return;
      }
      problems.add(
          "'"
              + key
              + "' is not a setting; there are "
              + String.join(", ", KEYS)
              + ", attribute.*, version.* and install.*");
    }

    /** What a server would refuse at each poll, so that the agent would never get to work. */
    private void checkAttributes() {
      Map<String, String> told = new LinkedHashMap<>();
      family("version.").forEach((type, version) -> told.put("version." + type, version));
      family("attribute.").forEach((name, value) -> told.put("attribute." + name, value));
      told.forEach(
          (key, value) -> {
            if (key.length() > LONGEST_ATTRIBUTE || value.length() > LONGEST_ATTRIBUTE) {
              problems.add(
                  "'"
                      + key
                      + "': names and values have at most "
                      + LONGEST_ATTRIBUTE
                      + " characters");
            }
          });
      if (told.size() > MOST_ATTRIBUTES) {
        problems.add("there are more than " + MOST_ATTRIBUTES + " attributes and versions");
      }
    }

    private @Nullable DdiAddress address() {
      String server = values.getOrDefault("server", "");
      if (server.isEmpty()) {
        problems.add("'server' is missing: the address of the server, as https://updates.example");
      }
      String id = values.getOrDefault("id", "");
      if (id.isEmpty()) {
        problems.add("'id' is missing: the name of this device in the server");
      }
      if (server.isEmpty() || id.isEmpty()) {
        return null;
      }
      try {
        return new DdiAddress(URI.create(server), values.getOrDefault("tenant", "DEFAULT"), id);
      } catch (IllegalArgumentException e) {
        problems.add("'server', 'tenant', 'id': " + e.getMessage());
        return null;
      }
    }

    private @Nullable DdiCredential credential() throws IOException {
      List<String> given =
          List.of("token", "token-file", "gateway-token", "gateway-token-file").stream()
              .filter(values::containsKey)
              .toList();
      if (given.size() != 1) {
        problems.add(
            "exactly one of 'token', 'token-file', 'gateway-token' and 'gateway-token-file' is"
                + " needed, and there are "
                + given.size());
        return null;
      }
      String key = given.getFirst();
      String token = values.getOrDefault(key, "");
      if (key.endsWith("-file")) {
        Path file = base.resolve(token);
        if (!Files.isReadable(file)) {
          problems.add("'" + key + "': " + file + " cannot be read");
          return null;
        }
        token = Files.readString(file).strip();
      }
      try {
        return key.startsWith("gateway")
            ? DdiCredential.gatewayToken(token)
            : DdiCredential.targetToken(token);
      } catch (IllegalArgumentException e) {
        problems.add("'" + key + "': " + e.getMessage());
        return null;
      }
    }

    private Duration seconds(String key, int standard) {
      String text = values.getOrDefault(key, Integer.toString(standard));
      if (!text.matches("[0-9]{1,6}")) {
        problems.add("'" + key + "' is a number of seconds, not '" + text + "'");
        return Duration.ZERO;
      }
      return Duration.ofSeconds(Integer.parseInt(text));
    }

    private @Nullable Path path(String key) {
      String text = values.get(key);
      return text == null || text.isEmpty() ? null : base.resolve(text);
    }

    private Map<String, String> family(String prefix) {
      Map<String, String> found = new LinkedHashMap<>();
      values.forEach(
          (key, value) -> {
            if (key.startsWith(prefix)) {
              found.put(key.substring(prefix.length()), value);
            }
          });
      return found;
    }
  }
}
