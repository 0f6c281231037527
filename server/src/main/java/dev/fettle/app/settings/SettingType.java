package dev.fettle.app.settings;

import dev.fettle.base.Refusal;
import dev.fettle.http.Networks;
import dev.fettle.identity.Tenants;
import dev.fettle.vpp.apple.AppleSettings;
import dev.fettle.vpp.apple.ContentToken;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values that a setting may have.
 *
 * @param form the values and their bounds, in Markdown
 * @param mayBeEmpty whether an empty text is a value
 * @param isSecret whether values are never printed
 */
record SettingType<T>(String form, boolean mayBeEmpty, boolean isSecret, Parser<T> parser) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);
  private static final Pattern BYTES = Pattern.compile("(\\d{1,6})([MG])iB");
  private static final int MAX_PORT = 65_535;

  /** Makes a value of a text. */
  @FunctionalInterface
  interface Parser<T> {
    /**
     * The value; null if the text stands for none.
     *
     * @throws IllegalArgumentException with a sentence that names the setting and the rule
     */
    @Nullable T parse(String name, String text);
  }

  private SettingType(String form, Parser<T> parser) {
    this(form, false, false, parser);
  }

  /** The same values, which are never printed. */
  static <T> SettingType<T> secret(SettingType<T> type) {
    return new SettingType<>(type.form, type.mayBeEmpty, true, type.parser);
  }

  static SettingType<String> text(String form) {
    return new SettingType<>(form, (name, text) -> text);
  }

  static SettingType<Path> path() {
    return new SettingType<>(
        "a path",
        (name, text) -> {
          try {
            return Path.of(text).toAbsolutePath().normalize();
          } catch (InvalidPathException e) {
            throw problem(
                "%s is no path: %s; a name outside ASCII needs a UTF-8 locale, as LC_ALL=C.UTF-8"
                    .formatted(name, e.getReason()));
          }
        });
  }

  static SettingType<Integer> port() {
    return new SettingType<>(
        "`0` to `65535` (`0` picks one), or `none`",
        (name, text) -> text.equals("none") ? null : number(name, text, 0, MAX_PORT));
  }

  static SettingType<Integer> number(int least, int most) {
    return number(least, most, "`%d`".formatted(most));
  }

  /** Numbers up to a bound that is another one on each machine. */
  static SettingType<Integer> number(int least, int most, String mostInWords) {
    return new SettingType<>(
        "`%d` to %s".formatted(least, mostInWords),
        (name, text) -> number(name, text, least, most));
  }

  private static int number(String name, String text, int least, int most) {
    if (text.matches("-?\\d{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw problem("%s=%s is not a number from %d to %d".formatted(name, text, least, most));
  }

  static SettingType<Duration> duration(String least, String most) {
    return new SettingType<>(
        "`%s` to `%s`".formatted(least, most),
        (name, text) -> {
          Duration time = time(text);
          if (time.isNegative()) {
            throw problem(
                "%s=%s is not a time such as 500ms, 3s, 10m, 2h or 1d".formatted(name, text));
          }
          if (time.compareTo(time(least)) < 0 || time.compareTo(time(most)) > 0) {
            throw problem("%s=%s is not from %s to %s".formatted(name, text, least, most));
          }
          return time;
        });
  }

  private static Duration time(String text) {
    Matcher parts = DURATION.matcher(text);
    return parts.matches()
        ? Duration.of(Long.parseLong(parts.group(1)), UNITS.get(parts.group(2)))
        : Duration.ofSeconds(-1);
  }

  /** Sizes up to half of the heap. */
  static SettingType<Long> bytes(long least) {
    return new SettingType<>(
        "`%dMiB` to half of the heap".formatted(least >> 20),
        (name, text) -> {
          Matcher parts = BYTES.matcher(text);
          if (!parts.matches()) {
            throw problem("%s=%s is not a size such as 64MiB or 1GiB".formatted(name, text));
          }
          long bytes = Long.parseLong(parts.group(1)) << (parts.group(2).equals("M") ? 20 : 30);
          long most = Runtime.getRuntime().maxMemory() / 2;
          if (bytes < least || bytes > most) {
            throw problem(
                "%s=%s is not from %dMiB to %dMiB, half of the heap"
                    .formatted(name, text, least >> 20, most >> 20));
          }
          return bytes;
        });
  }

  static SettingType<Boolean> flag() {
    return choice(List.of("true", "false"), true, false);
  }

  /** One of some words, each of which stands for the value in its place. */
  @SafeVarargs
  static <T> SettingType<T> choice(List<String> words, T... values) {
    return new SettingType<>(
        words.stream().map("`%s`"::formatted).collect(Collectors.joining(", ")),
        (name, text) -> {
          if (!words.contains(text)) {
            throw problem("%s=%s is none of %s".formatted(name, text, String.join(", ", words)));
          }
          return values[words.indexOf(text)];
        });
  }

  /** Texts with commas between. */
  static SettingType<Set<String>> list(String form) {
    return new SettingType<>(
        form + ", with commas between", true, false, (name, text) -> split(text));
  }

  private static Set<String> split(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static SettingType<Networks> networks() {
    return new SettingType<>(
        "networks, with commas between",
        true,
        false,
        explained(text -> Networks.parse(List.copyOf(split(text)))));
  }

  /** Ids of tenants, each with its DDI name, which is the id itself if none is given. */
  static SettingType<Map<String, String>> tenants() {
    return new SettingType<>(
        "each `id` or `id=DDI-name`, with commas between",
        true,
        false,
        (name, text) -> {
          Map<String, String> tenants = new TreeMap<>();
          for (String one : split(text)) {
            int equals = one.indexOf('=');
            String id = Tenants.canonical(equals < 0 ? one : one.substring(0, equals).strip());
            if (tenants.put(id, equals < 0 ? id : one.substring(equals + 1).strip()) != null) {
              throw problem("%s names %s twice".formatted(name, id));
            }
          }
          return tenants;
        });
  }

  private static URI url(String name, String text) {
    try {
      URI url = new URI(text);
      if (Set.of("http", "https").contains(String.valueOf(url.getScheme()))
          && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw problem("%s=%s is not an http or https URL".formatted(name, text));
    }
    throw problem("%s=%s is not an http or https URL".formatted(name, text));
  }

  /** Graph's paths begin at the root, so an address of ours is no more than where the root is. */
  static SettingType<URI> origin() {
    return new SettingType<>(
        "a URL of scheme, host and port",
        (name, text) -> {
          URI url = url(name, text);
          if (!Set.of("", "/").contains(url.getRawPath())
              || url.getRawQuery() != null
              || url.getRawFragment() != null
              || url.getRawUserInfo() != null) {
            throw problem("%s=%s says more than scheme, host and port".formatted(name, text));
          }
          return url;
        });
  }

  static SettingType<String> postgresql() {
    return new SettingType<>(
        "`jdbc:postgresql:…`",
        (name, text) -> {
          if (!text.startsWith("jdbc:postgresql:")) {
            throw problem("%s must begin with jdbc:postgresql:".formatted(name));
          }
          if (text.toLowerCase(Locale.ROOT).contains("password=")) {
            throw problem(
                "%s holds a password: say it in database.password instead".formatted(name));
          }
          return text;
        });
  }

  static SettingType<AppleSettings> apple() {
    return new SettingType<>(
        "a URL",
        (name, text) -> {
          URI url = url(name, text);
          return url.equals(AppleSettings.APPLE)
              ? AppleSettings.apple()
              : explained(
                      any ->
                          AppleSettings.at(url, url.resolve(AppleSettings.APPLE_LOOKUP.getPath())))
                  .parse(name, text);
        });
  }

  static SettingType<ContentToken> contentToken() {
    return new SettingType<>("a content token", explained(ContentToken::parse));
  }

  /** A parser whose own words about a wrong text follow the name of the setting. */
  private static <T> Parser<T> explained(Function<String, T> parser) {
    return (name, text) -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException | Refusal e) {
        throw problem("%s: %s".formatted(name, e.getMessage()));
      }
    };
  }

  private static IllegalArgumentException problem(String sentence) {
    return new IllegalArgumentException(sentence);
  }
}
