package dev.fettle.app.settings;

import dev.fettle.identity.TrustedIssuer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A reading of the settings: the sources put together, and the values checked as a whole. */
final class SettingsReader {
  /** Variables of the launcher and of its friends, which are no settings. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("FETTLE_JAVA_OPTS", "FETTLE_JAVA_HOME", "FETTLE_HOME");

  private static final Pattern ISSUER = Pattern.compile("identity\\.issuers\\.([a-z0-9-]+)\\.(.+)");

  private record Given(String value, String source) {}

  private final Mode mode;
  private final Map<String, Given> given = new TreeMap<>();
  private final Map<Setting<?>, String> texts = new HashMap<>();
  private final Map<Setting<?>, Object> values = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<Settings.Effective> effective = new ArrayList<>();

  SettingsReader(Mode mode) {
    this.mode = mode;
  }

  Settings read(
      Map<String, String> file, Map<String, String> environment, Map<String, String> commandLine) {
    file.forEach((name, value) -> given.put(name, new Given(value, "file")));
    takeEnvironment(environment);
    commandLine.forEach((name, value) -> given.put(name, new Given(value, "command line")));
    Set<String> issuers = issuers();
    List<Setting<?>> settings = declared(issuers);
    refuseUnknown(settings);
    settings.forEach(this::take);
    checkTogether();
    List<TrustedIssuer> trusted = new ArrayList<>();
    issuers.forEach(name -> trust(name, trusted));
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
    return new Settings(mode, values, trusted, effective, warnings);
  }

  private void takeEnvironment(Map<String, String> environment) {
    Map<String, String> names =
        declared(issuers()).stream()
            .collect(Collectors.toMap(Setting::environmentName, Setting::name));
    environment.forEach(
        (variable, value) -> {
          String name = names.get(variable);
          if (name != null) {
            given.put(name, new Given(value, "environment"));
          } else if (variable.startsWith("FETTLE_") && !OTHER_VARIABLES.contains(variable)) {
            // People keep other things there, such as a token in FETTLE_TOKEN.
            warnings.add(
                "the environment has %s, and there is no such setting%s"
                    .formatted(variable, suggestion(variable, names.keySet())));
          }
        });
  }

  /** The names of the trusted issuers that are given so far. */
  private Set<String> issuers() {
    Set<String> names = new TreeSet<>();
    for (String name : given.keySet()) {
      Matcher matcher = ISSUER.matcher(name);
      if (matcher.matches() && issuerParts().contains(matcher.group(2))) {
        names.add(matcher.group(1));
      }
    }
    return names;
  }

  private static List<String> issuerParts() {
    return Setting.all().stream()
        .filter(Setting::isOfIssuer)
        .map(setting -> setting.name().substring(setting.name().lastIndexOf('.') + 1))
        .toList();
  }

  /** All settings; those of trusted issuers once for each of these. */
  private static List<Setting<?>> declared(Set<String> issuers) {
    List<Setting<?>> settings = new ArrayList<>();
    for (Setting<?> setting : Setting.all()) {
      if (setting.isOfIssuer()) {
        issuers.forEach(name -> settings.add(setting.ofIssuer(name)));
      } else {
        settings.add(setting);
      }
    }
    return settings;
  }

  private void refuseUnknown(List<Setting<?>> settings) {
    List<String> names = settings.stream().map(Setting::name).toList();
    given.forEach(
        (name, value) -> {
          Matcher issuer = ISSUER.matcher(name);
          if (names.contains(name)) {
            return;
          }
          problems.add(
              issuer.matches()
                  ? "an issuer has no %s (%s)%s"
                      .formatted(issuer.group(2), name, suggestion(issuer.group(2), issuerParts()))
                  : "there is no setting %s (%s)%s"
                      .formatted(name, value.source(), suggestion(name, names)));
        });
  }

  private <T> void take(Setting<T> setting) {
    String standard = setting.standard().in(mode);
    Given found = given.get(setting.name());
    if (found == null) {
      if (standard == null) {
        return;
      }
      found = new Given(standard, "default");
    }
    String name = setting.name();
    String text = found.value().strip();
    texts.put(setting, text);
    effective.add(
        new Settings.Effective(
            "%s=%s source=%s"
                .formatted(name, setting.type().isSecret() ? "***" : text, found.source()),
            text.equals(standard)));
    if (setting.equals(Setting.VPP_EXAMPLE_TOKEN) && mode == Mode.SERVE) {
      problems.add(name + " is for 'fettle dev': give each vppToken its content token");
    } else if (!text.isEmpty() || setting.type().mayBeEmpty()) {
      parse(setting, text);
    } else if (standard != null) {
      problems.add(name + " is empty");
    }
  }

  private <T> void parse(Setting<T> setting, String text) {
    try {
      T value = setting.type().parser().parse(setting.name(), text);
      if (value != null) {
        values.put(setting, value);
      }
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
  }

  private boolean has(Setting<?> setting) {
    return !texts.getOrDefault(setting, "").isEmpty();
  }

  private boolean isNone(Setting<?> setting) {
    return "none".equals(texts.get(setting));
  }

  @SuppressWarnings("unchecked")
  private <T> @Nullable T find(Setting<T> setting) {
    return (T) values.get(setting);
  }

  /** The port that a setting names; null if it names none, or leaves the choice to the system. */
  private @Nullable Integer port(Setting<Integer> setting) {
    Integer port = find(setting);
    return port == null || port == 0 ? null : port;
  }

  private void checkTogether() {
    Integer http = port(Setting.HTTP_PORT);
    Integer https = port(Setting.HTTPS_PORT);
    Integer devices = port(Setting.DEVICES_HTTPS_PORT);
    check(
        isNone(Setting.HTTP_PORT) && isNone(Setting.HTTPS_PORT),
        "http.port and https.port are both none: there would be nothing to connect to");
    check(http != null && http.equals(https), "http.port and https.port are both " + http);
    check(
        devices != null && (devices.equals(http) || devices.equals(https)),
        "devices.https-port is %s, as another port is".formatted(devices));
    check(
        values.containsKey(Setting.DEVICES_HTTPS_PORT) && !has(Setting.DEVICES_CLIENT_AUTHORITY),
        "devices.https-port is set and devices.client-authority is not");
    check(
        has(Setting.HTTPS_CERTIFICATE) != has(Setting.HTTPS_KEY),
        "https.certificate and https.key go together, and only one of them is set");
    for (Setting<?> setting : List.of(Setting.DATABASE_USER, Setting.DATABASE_PASSWORD)) {
      check(
          has(setting) && !has(Setting.DATABASE_URL),
          setting.name() + " is set and database.url is not");
    }
  }

  private void check(boolean wrong, String problem) {
    if (wrong) {
      problems.add(problem);
    }
  }

  private void trust(String name, List<TrustedIssuer> trusted) {
    String url = find(Setting.ISSUER_URL.ofIssuer(name));
    if (url == null) {
      problems.add(Setting.ISSUER_URL.ofIssuer(name).name() + " is missing");
      return;
    }
    try {
      trusted.add(
          new TrustedIssuer(
              url,
              find(Setting.ISSUER_DISCOVERY_URL.ofIssuer(name)),
              Objects.requireNonNullElse(find(Setting.ISSUER_TENANTS.ofIssuer(name)), Set.of()),
              find(Setting.ISSUER_TENANT.ofIssuer(name)),
              Objects.requireNonNullElse(find(Setting.ISSUER_AUDIENCES.ofIssuer(name)), Set.of())));
    } catch (IllegalArgumentException e) {
      problems.add("identity.issuers.%s: %s".formatted(name, e.getMessage()));
    }
  }

  private static String suggestion(String wrong, Collection<String> candidates) {
    int far = Math.max(3, wrong.length() / 3);
    return candidates.stream()
        .min(Comparator.comparingInt(candidate -> distance(wrong, candidate)))
        .filter(candidate -> distance(wrong, candidate) < far)
        .map("; did you mean %s?"::formatted)
        .orElse("");
  }

  /** The number of letters to add, remove or exchange until one text is the other. */
  private static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    Arrays.setAll(before, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int[] now = new int[b.length() + 1];
      now[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        now[j] = Math.min(Math.min(now[j - 1], before[j]) + 1, before[j - 1] + change);
      }
      before = now;
    }
    return before[b.length()];
  }
}
