package dev.fettle.app.settings;

import dev.fettle.http.HttpLimits;
import dev.fettle.http.Networks;
import dev.fettle.identity.Tenants;
import dev.fettle.identity.TrustedIssuer;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the sources of settings together and checks them as a whole. */
public final class SettingsReader {
  /** Variables of the launcher and of its friends, which are no settings. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("FETTLE_JAVA_OPTS", "FETTLE_JAVA_HOME", "FETTLE_HOME");

  private static final Pattern ISSUER = Pattern.compile("identity\\.issuers\\.([a-z0-9-]+)\\.(.+)");
  private static final List<String> ISSUER_PARTS =
      List.of("url", "tenant", "tenants", "audiences", "discovery-url");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern BYTES = Pattern.compile("(\\d{1,6})([MG])iB");
  private static final int MAX_PORT = 65_535;
  private static final int MOST_CONNECTIONS = 1_000_000;

  /** Room for the largest body that is held in memory, and as much again. */
  private static final long LEAST_BODY_MEMORY = 32 << 20;

  private record Given(String value, String source) {}

  private final Mode mode;
  private final Map<String, Given> given = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> effective = new ArrayList<>();
  private final Map<SettingKey, Given> known = new EnumMap<>(SettingKey.class);

  private SettingsReader(Mode mode) {
    this.mode = mode;
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
    SettingsReader reader = new SettingsReader(mode);
    file.forEach((key, value) -> reader.given.put(key, new Given(value, "file")));
    reader.takeEnvironment(environment, file.keySet());
    commandLine.forEach((key, value) -> reader.given.put(key, new Given(value, "command line")));
    return reader.read();
  }

  private void takeEnvironment(Map<String, String> environment, Set<String> fileKeys) {
    Map<String, String> names =
        Stream.concat(
                Arrays.stream(SettingKey.values()).map(SettingKey::key),
                fileKeys.stream().filter(key -> ISSUER.matcher(key).matches()))
            .distinct()
            .collect(Collectors.toMap(SettingKey::environmentName, Function.identity()));
    environment.forEach(
        (name, value) -> {
          if (!name.startsWith("FETTLE_") || OTHER_VARIABLES.contains(name)) {
            return;
          }
          String key = names.get(name);
          if (key == null) {
            problems.add(
                "the environment has %s, and there is no such setting%s"
                    .formatted(name, suggestion(name, names.keySet())));
          } else {
            given.put(key, new Given(value, "environment"));
          }
        });
  }

  private Settings read() {
    given.forEach(
        (key, value) -> {
          if (SettingKey.of(key).isEmpty() && !ISSUER.matcher(key).matches()) {
            List<String> all = Arrays.stream(SettingKey.values()).map(SettingKey::key).toList();
            problems.add(
                "there is no setting %s (%s)%s"
                    .formatted(key, value.source(), suggestion(key, all)));
          }
        });
    for (SettingKey key : SettingKey.values()) {
      choose(key);
    }
    @Nullable Integer httpPort = port(SettingKey.HTTP_PORT);
    @Nullable Integer httpsPort = port(SettingKey.HTTPS_PORT);
    @Nullable Path certificate = path(SettingKey.HTTPS_CERTIFICATE);
    @Nullable Path key = path(SettingKey.HTTPS_KEY);
    @Nullable String url = text(SettingKey.DATABASE_URL);
    Settings.Clients clients = clients();
    checkTogether(httpPort, httpsPort, certificate, key, url);
    checkClients(clients, httpPort, httpsPort);
    Settings.Sockets sockets =
        new Settings.Sockets(
            httpPort,
            httpsPort,
            required(SettingKey.HTTPS_ADDRESS),
            list(SettingKey.HTTPS_NAMES),
            certificate,
            key,
            origin(SettingKey.PUBLIC_URL));
    Settings.Database database =
        new Settings.Database(
            url,
            text(SettingKey.DATABASE_USER),
            text(SettingKey.DATABASE_PASSWORD),
            number(SettingKey.DATABASE_CONNECTIONS, 2, 500),
            duration(SettingKey.DATABASE_ADMISSION_WAIT, "1ms", "10m"),
            duration(SettingKey.DATABASE_STATEMENT_TIMEOUT, "100ms", "1h"),
            path(SettingKey.DATABASE_PROGRAMS));
    Settings.Identity identity =
        new Settings.Identity(
            tenants(),
            list(SettingKey.IDENTITY_AUDIENCES),
            issuers(),
            path(SettingKey.IDENTITY_AUTHORITY));
    @Nullable Path directory =
        required(SettingKey.DATA_DIRECTORY).isEmpty() ? null : path(SettingKey.DATA_DIRECTORY);
    URI apple = url(SettingKey.VPP_APPLE_URL);
    Settings settings =
        new Settings(
            mode,
            directory == null ? Path.of("") : directory,
            sockets,
            limits(),
            database,
            identity,
            new Settings.Devices(
                choice(SettingKey.DEVICES_OPERATION_STATUS, "action-page", "resource-page")
                    .equals("resource-page"),
                // The protocol writes it as hours, minutes and seconds of a day.
                duration(SettingKey.DEVICES_POLL_INTERVAL, "1s", "23h"),
                duration(SettingKey.DEVICES_OPERATION_DEADLINE, "1s", "365d"),
                clients),
            new Settings.Vpp(
                apple == null ? URI.create("https://vpp.itunes.apple.com/mdm/v2") : apple,
                path(SettingKey.VPP_APPLE_AUTHORITY),
                path(SettingKey.VPP_KEY_FILE),
                flag(SettingKey.VPP_STRICT_TOKENS),
                text(SettingKey.VPP_EXAMPLE_TOKEN)),
            new Settings.Monitoring(
                flag(SettingKey.METRICS_REMOTE),
                choice(SettingKey.LOG_LEVEL, "info", "error", "warn", "debug"),
                flag(SettingKey.LOG_REQUESTS)),
            effective);
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
    return settings;
  }

  private void choose(SettingKey key) {
    Given value = given.get(key.key());
    String standard = key.defaultIn(mode);
    if (value == null && standard != null) {
      value = new Given(standard, "default");
    }
    if (value != null) {
      known.put(key, new Given(value.value().strip(), value.source()));
      String shown = key.secret() ? "***" : value.value().strip();
      effective.add("%s=%s source=%s".formatted(key.key(), shown, value.source()));
    }
  }

  private void checkTogether(
      @Nullable Integer httpPort,
      @Nullable Integer httpsPort,
      @Nullable Path certificate,
      @Nullable Path key,
      @Nullable String url) {
    if (httpPort == null && httpsPort == null) {
      problems.add("http.port and https.port are both none: there would be nothing to connect to");
    }
    if (httpPort != null && httpPort != 0 && httpPort.equals(httpsPort)) {
      problems.add("http.port and https.port are both " + httpPort);
    }
    if ((certificate == null) != (key == null)) {
      problems.add("https.certificate and https.key go together, and only one of them is set");
    }
    if (mode == Mode.SERVE && known.containsKey(SettingKey.VPP_EXAMPLE_TOKEN)) {
      problems.add("vpp.example-token is for 'fettle dev': give each vppToken its content token");
    }
    if (url == null) {
      for (SettingKey orphan : List.of(SettingKey.DATABASE_USER, SettingKey.DATABASE_PASSWORD)) {
        if (known.containsKey(orphan)) {
          problems.add(orphan.key() + " is set and database.url is not");
        }
      }
    } else if (!url.startsWith("jdbc:postgresql:")) {
      problems.add("database.url must begin with jdbc:postgresql:");
    } else if (url.toLowerCase(Locale.ROOT).contains("password=")) {
      problems.add("database.url holds a password: say it in database.password instead");
    }
  }

  private Settings.Clients clients() {
    return new Settings.Clients(
        port(SettingKey.DEVICES_HTTPS_PORT),
        path(SettingKey.DEVICES_CLIENT_AUTHORITY),
        list(SettingKey.DEVICES_CLIENT_TENANTS),
        choice(SettingKey.DEVICES_CLIENT_HEADERS, "x-ssl", "x-controller-id", "none"));
  }

  private void checkClients(
      Settings.Clients clients, @Nullable Integer httpPort, @Nullable Integer httpsPort) {
    Integer port = clients.httpsPort();
    if (port != null && clients.authority() == null) {
      problems.add("devices.https-port is set and devices.client-authority is not");
    }
    if (port != null && port != 0 && (port.equals(httpPort) || port.equals(httpsPort))) {
      problems.add("devices.https-port is %d, as another port is".formatted(port));
    }
  }

  /** What peers may take of the server. */
  private HttpLimits limits() {
    HttpLimits standard = HttpLimits.standard();
    return new HttpLimits(
        known.containsKey(SettingKey.HTTP_CONNECTIONS)
            ? number(SettingKey.HTTP_CONNECTIONS, 1, standard.connections())
            : standard.connections(),
        number(SettingKey.HTTP_CONNECTIONS_PER_ADDRESS, 1, MOST_CONNECTIONS),
        networks(SettingKey.HTTP_UNLIMITED_NETWORKS),
        networks(SettingKey.HTTP_TRUSTED_PROXIES),
        known.containsKey(SettingKey.HTTP_BODY_MEMORY)
            ? bytes(SettingKey.HTTP_BODY_MEMORY, LEAST_BODY_MEMORY)
            : standard.bodyBytes(),
        standard.waits());
  }

  private Networks networks(SettingKey key) {
    try {
      return Networks.parse(List.copyOf(list(key)));
    } catch (IllegalArgumentException e) {
      problems.add(key.key() + ": " + e.getMessage());
      return Networks.none();
    }
  }

  private long bytes(SettingKey key, long least) {
    String value = required(key);
    long most = Runtime.getRuntime().maxMemory() / 2;
    Matcher matcher = BYTES.matcher(value);
    if (value.isEmpty()) {
      return least;
    }
    if (!matcher.matches()) {
      problems.add("%s=%s is not a size such as 64MiB or 1GiB".formatted(key.key(), value));
      return least;
    }
    long bytes = Long.parseLong(matcher.group(1)) << (matcher.group(2).equals("M") ? 20 : 30);
    if (bytes < least || bytes > most) {
      problems.add(
          "%s=%s is not from %dMiB to %dMiB, half of the heap"
              .formatted(key.key(), value, least >> 20, most >> 20));
    }
    return bytes;
  }

  /** Id to DDI name, which is the id itself if none is given. */
  private Map<String, String> tenants() {
    Map<String, String> tenants = new TreeMap<>();
    for (String one : list(SettingKey.IDENTITY_TENANTS)) {
      int equals = one.indexOf('=');
      String id = Tenants.canonical(equals < 0 ? one : one.substring(0, equals).strip());
      if (tenants.put(id, equals < 0 ? id : one.substring(equals + 1).strip()) != null) {
        problems.add("identity.tenants names " + id + " twice");
      }
    }
    return tenants;
  }

  private List<TrustedIssuer> issuers() {
    Map<String, Map<String, String>> parts = new TreeMap<>();
    given.forEach(
        (key, value) -> {
          Matcher matcher = ISSUER.matcher(key);
          if (!matcher.matches()) {
            return;
          }
          String part = matcher.group(2);
          if (!ISSUER_PARTS.contains(part)) {
            problems.add(
                "an issuer has no %s (%s)%s".formatted(part, key, suggestion(part, ISSUER_PARTS)));
            return;
          }
          effective.add("%s=%s source=%s".formatted(key, value.value(), value.source()));
          parts
              .computeIfAbsent(matcher.group(1), name -> new TreeMap<>())
              .put(part, value.value().strip());
        });
    List<TrustedIssuer> issuers = new ArrayList<>();
    parts.forEach(
        (name, part) -> {
          String url = part.get("url");
          if (url == null) {
            problems.add("identity.issuers." + name + ".url is missing");
            return;
          }
          try {
            issuers.add(
                new TrustedIssuer(
                    url,
                    part.get("discovery-url"),
                    split(part.getOrDefault("tenants", "")),
                    part.get("tenant"),
                    split(part.getOrDefault("audiences", ""))));
          } catch (IllegalArgumentException e) {
            problems.add("identity.issuers." + name + ": " + e.getMessage());
          }
        });
    return List.copyOf(issuers);
  }

  private @Nullable String text(SettingKey key) {
    Given value = known.get(key);
    return value == null || value.value().isEmpty() ? null : value.value();
  }

  /** The value; if it is empty, that is the problem, and nothing more is to be said of it. */
  private String required(SettingKey key) {
    String value = text(key);
    if (value == null) {
      problems.add(key.key() + " is empty");
      return "";
    }
    return value;
  }

  private @Nullable Path path(SettingKey key) {
    String value = text(key);
    try {
      return value == null ? null : Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      problems.add(
          "%s is no path: %s; a name outside ASCII needs a UTF-8 locale, as LC_ALL=C.UTF-8"
              .formatted(key.key(), e.getReason()));
      return null;
    }
  }

  private @Nullable Integer port(SettingKey key) {
    return "none".equals(text(key)) ? null : number(key, 0, MAX_PORT);
  }

  private int number(SettingKey key, int least, int most) {
    String value = required(key);
    if (value.isEmpty()) {
      return least;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, with the bounds.
    }
    problems.add("%s=%s is not a number from %d to %d".formatted(key.key(), value, least, most));
    return least;
  }

  private boolean flag(SettingKey key) {
    return choice(key, "true", "false").equals("true");
  }

  private String choice(SettingKey key, String... allowed) {
    String value = required(key);
    if (!value.isEmpty() && !List.of(allowed).contains(value)) {
      problems.add("%s=%s is none of %s".formatted(key.key(), value, String.join(", ", allowed)));
    }
    return value;
  }

  private Duration duration(SettingKey key, String least, String most) {
    String value = required(key);
    Duration shortest = time(least).orElseThrow();
    Optional<Duration> time = time(value);
    if (value.isEmpty()) {
      return shortest;
    }
    if (time.isEmpty()) {
      problems.add(
          "%s=%s is not a time such as 500ms, 3s, 10m, 2h or 1d".formatted(key.key(), value));
    } else if (time.get().compareTo(shortest) < 0
        || time.get().compareTo(time(most).orElseThrow()) > 0) {
      problems.add("%s=%s is not from %s to %s".formatted(key.key(), value, least, most));
    }
    return time.orElse(shortest);
  }

  private static Optional<Duration> time(String value) {
    Matcher matcher = DURATION.matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }

  private @Nullable URI url(SettingKey key) {
    String value = text(key);
    if (value == null) {
      return null;
    }
    try {
      URI uri = new URI(value);
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    problems.add("%s=%s is not an http or https URL".formatted(key.key(), value));
    return null;
  }

  /** Graph's paths begin at the root, so an address of ours is no more than where the root is. */
  private @Nullable URI origin(SettingKey key) {
    URI url = url(key);
    if (url != null
        && !(Set.of("", "/").contains(url.getRawPath())
            && url.getRawQuery() == null
            && url.getRawFragment() == null
            && url.getRawUserInfo() == null)) {
      problems.add(
          "%s=%s says more than scheme, host and port".formatted(key.key(), required(key)));
    }
    return url;
  }

  private Set<String> list(SettingKey key) {
    String value = text(key);
    return split(value == null ? "" : value);
  }

  private static Set<String> split(String value) {
    return Arrays.stream(value.split(",", -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String suggestion(String wrong, Iterable<String> candidates) {
    String best = "";
    int least = Math.max(3, wrong.length() / 3);
    for (String candidate : candidates) {
      int distance = distance(wrong, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best.isEmpty() ? "" : "; did you mean " + best + "?";
  }

  private static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      before[j] = j;
    }
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
