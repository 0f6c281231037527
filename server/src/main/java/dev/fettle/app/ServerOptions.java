package dev.fettle.app;

import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Setting;
import dev.fettle.app.settings.Settings;
import dev.fettle.base.UnusableFile;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The options that both ways to run have: where settings come from. */
final class ServerOptions {
  private static final Logger LOG = LoggerFactory.getLogger(ServerOptions.class);

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings, one 'name = value' a line; docs/operations.md lists them")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "where everything that is kept lies (default: .fettle)")
  private @Nullable String data;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "plain HTTP on loopback (default: 8080); 0 picks one, 'none' opens none")
  private @Nullable String httpPort;

  @Option(
      names = "--https-port",
      paramLabel = "PORT",
      description = "HTTPS (default: 8443); 0 picks one, 'none' opens none")
  private @Nullable String httpsPort;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "any setting; may be given several times")
  private Map<String, String> set = new LinkedHashMap<>();

  /**
   * The settings from all of their sources.
   *
   * @param implied what other options of the command line mean; {@code --set} can say otherwise
   */
  Settings read(Mode mode, Map<String, String> implied) {
    Map<String, String> commandLine = new HashMap<>(implied);
    commandLine.putAll(set);
    put(commandLine, Setting.DATA_DIRECTORY, data);
    put(commandLine, Setting.HTTP_PORT, httpPort);
    put(commandLine, Setting.HTTPS_PORT, httpsPort);
    Settings settings = Settings.read(mode, file(), System.getenv(), commandLine);
    settings.warnings().forEach(text -> LOG.warn("event=setting_unknown problem=\"{}\"", text));
    return settings;
  }

  private static void put(Map<String, String> given, Setting<?> setting, @Nullable String value) {
    if (value != null) {
      given.put(setting.name(), value);
    }
  }

  private StartRefused unreadable(@Nullable String why) {
    return new StartRefused(
        ExitCode.SETTINGS, "The configuration file %s cannot be read: %s.".formatted(config, why));
  }

  private Map<String, String> file() {
    Properties properties = new Properties();
    if (config != null) {
      try (Reader reader = Files.newBufferedReader(config)) {
        properties.load(reader);
      } catch (IOException e) {
        throw unreadable(UnusableFile.problem(e));
      } catch (IllegalArgumentException e) {
        throw unreadable(e.getMessage());
      }
    }
    Map<String, String> settings = new HashMap<>();
    properties.forEach((name, value) -> settings.put(name.toString(), value.toString()));
    return settings;
  }
}
