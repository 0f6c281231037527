package dev.fettle.app.settings;

import dev.fettle.identity.TrustedIssuer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The operator's settings, read once and checked as a whole. Immutable. */
public final class Settings {
  private final Mode mode;
  private final Map<Setting<?>, Object> values;
  private final List<TrustedIssuer> issuers;
  private final List<Effective> effective;
  private final List<String> warnings;

  /**
   * A setting that has a value.
   *
   * @param line its name, its value (masked if it is secret), and where that came from
   * @param isDefault whether nobody would miss it in a list of what is special about this server
   */
  public record Effective(String line, boolean isDefault) {}

  Settings(
      Mode mode,
      Map<Setting<?>, Object> values,
      List<TrustedIssuer> issuers,
      List<Effective> effective,
      List<String> warnings) {
    this.mode = mode;
    this.values = Map.copyOf(values);
    this.issuers = List.copyOf(issuers);
    this.effective = List.copyOf(effective);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Reads the settings.
   *
   * @param file the content of the configuration file, by name
   * @param environment the process's environment; only names that begin with FETTLE_ count
   * @param commandLine settings given as options, by name
   * @throws InvalidSettings with every problem
   */
  public static Settings read(
      Mode mode,
      Map<String, String> file,
      Map<String, String> environment,
      Map<String, String> commandLine) {
    return new SettingsReader(mode).read(file, environment, commandLine);
  }

  /** The way to run that these settings are for. */
  public Mode mode() {
    return mode;
  }

  /** The value of a setting that always has one. */
  public <T> T get(Setting<T> setting) {
    return Objects.requireNonNull(find(setting), setting.name());
  }

  /** The value of a setting; null if it has none. */
  @SuppressWarnings("unchecked")
  public <T> @Nullable T find(Setting<T> setting) {
    return (T) values.get(setting);
  }

  /** The issuers that are trusted beside the built-in one. */
  public List<TrustedIssuer> issuers() {
    return issuers;
  }

  /** Every setting that has a value, for printing. */
  public List<Effective> effective() {
    return effective;
  }

  /** Sentences about what may be a mistake and stops no start. */
  public List<String> warnings() {
    return warnings;
  }
}
