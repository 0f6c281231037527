package dev.fettle.app.settings;

import dev.fettle.ddi.DeviceCertificates;
import dev.fettle.http.HttpLimits;
import dev.fettle.http.Networks;
import dev.fettle.updates.UpdateSettings;
import dev.fettle.vpp.apple.AppleSettings;
import dev.fettle.vpp.apple.ContentToken;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of a setting. What is read, the messages about what is wrong, {@code fettle help
 * settings} and the table of docs/operations.md come from these declarations alone.
 *
 * @param name the name in files and options; in those of trusted issuers NAME stands for the name
 *     that the operator gives to the issuer
 * @param standard the value that holds if none is given
 * @param secret whether the value is never printed
 * @param help the purpose, in Markdown
 * @param <T> the type of the values
 */
public record Setting<T>(
    String name, SettingType<T> type, Default standard, boolean secret, String help) {

  /**
   * The value that holds if none is given, as text.
   *
   * @param dev null if there is none
   * @param serve null if there is none
   * @param words what happens without a value; empty if that goes without saying
   */
  record Default(@Nullable String dev, @Nullable String serve, String words) {
    @Nullable String in(Mode mode) {
      return mode == Mode.DEV ? dev : serve;
    }

    /** The default of each mode, in Markdown. */
    String shown() {
      if (dev == null || serve == null || dev.isEmpty()) {
        return words;
      }
      return dev.equals(serve)
          ? "`%s`".formatted(dev)
          : "dev `%s`, serve `%s`".formatted(dev, serve);
    }
  }

  private static final List<Setting<?>> DECLARED = new ArrayList<>();
  private static final String ISSUER = "identity.issuers.NAME.";

  public static final Setting<Path> DATA_DIRECTORY =
      declare(
          "data.directory",
          SettingType.path(),
          always(".fettle"),
          "where everything that is kept lies");
  public static final Setting<Integer> HTTP_PORT =
      declare("http.port", SettingType.port(), always("8080"), "plain HTTP, on loopback only");
  public static final Setting<Integer> HTTPS_PORT =
      declare("https.port", SettingType.port(), always("8443"), "HTTPS");
  public static final Setting<String> HTTPS_ADDRESS =
      declare(
          "https.address",
          SettingType.text("an address"),
          each("127.0.0.1", "0.0.0.0"),
          "the address that HTTPS listens on");
  public static final Setting<Set<String>> HTTPS_NAMES =
      declare(
          "https.names",
          SettingType.list("host names and addresses"),
          always(""),
          "more names for the certificate of the local authority; a `dev` answers to these, to its"
              + " `public-url`, to addresses, to names without a dot and to those below"
              + " `localhost`, and to no other");
  public static final Setting<Path> HTTPS_CERTIFICATE =
      declare(
          "https.certificate",
          SettingType.path(),
          none(),
          "a PEM file with your own certificate chain, which needs `https.key`; see"
              + " [certificates](#certificates)");
  public static final Setting<Path> HTTPS_KEY =
      declare(
          "https.key",
          SettingType.path(),
          none(),
          "a PEM file (PKCS #8) with the private key of `https.certificate`");
  public static final Setting<Networks> HTTP_TRUSTED_PROXIES =
      declare(
          "http.trusted-proxies",
          SettingType.networks(),
          always("127.0.0.0/8,::1"),
          "networks of the proxies whose word about their clients is believed");
  public static final Setting<Integer> HTTP_CONNECTIONS =
      declare(
          "http.connections",
          SettingType.number(1, HttpLimits.mostConnections(), "what the default is"),
          none("as many as there are file descriptors for, at most 50,000"),
          "how many connections may be open altogether");
  public static final Setting<Integer> HTTP_CONNECTIONS_PER_ADDRESS =
      declare(
          "http.connections-per-address",
          SettingType.number(1, 1_000_000),
          always("1000"),
          "how many of them one address may have");
  public static final Setting<Networks> HTTP_UNLIMITED_NETWORKS =
      declare(
          "http.unlimited-networks",
          SettingType.networks(),
          always("127.0.0.0/8,::1"),
          "networks whose addresses have no limit of their own; trusted proxies have none either");
  public static final Setting<Long> HTTP_BODY_MEMORY =
      declare(
          "http.body-memory",
          // Room for the largest body that is held in memory, and as much again.
          SettingType.bytes(32 << 20),
          none("an eighth of the heap"),
          "bytes of request bodies in memory at once, as `64MiB` or `1GiB`");
  public static final Setting<URI> PUBLIC_URL =
      declare(
          "public-url",
          SettingType.origin(),
          none(),
          "where the server is reached, if it cannot know: in the built-in issuer's name, in the"
              + " links that devices get, and where Apple sends its notifications");
  public static final Setting<String> DATABASE_URL =
      declare(
          "database.url",
          SettingType.postgresql(),
          none("an embedded PostgreSQL"),
          "JDBC URL of a PostgreSQL 15 to 18");
  public static final Setting<String> DATABASE_USER =
      declare("database.user", SettingType.text("a name"), none(), "the role to log in as");
  public static final Setting<String> DATABASE_PASSWORD =
      secret("database.password", SettingType.text("a text"), "its password");
  public static final Setting<Integer> DATABASE_CONNECTIONS =
      declare(
          "database.connections",
          SettingType.number(2, 500),
          always("16"),
          "how many connections may be open at once");
  public static final Setting<Duration> DATABASE_ADMISSION_WAIT =
      declare(
          "database.admission-wait",
          SettingType.duration("1ms", "10m"),
          always("3s"),
          "how long a request waits for a connection before it is answered 503");
  public static final Setting<Duration> DATABASE_STATEMENT_TIMEOUT =
      declare(
          "database.statement-timeout",
          SettingType.duration("100ms", "1h"),
          always("20s"),
          "the longest one statement runs");
  public static final Setting<Path> DATABASE_PROGRAMS =
      declare(
          "database.programs",
          SettingType.path(),
          none("`postgres` in the data directory"),
          "where the embedded server's programs lie; may be shared between data directories");
  public static final Setting<Map<String, String>> IDENTITY_TENANTS =
      declare("identity.tenants", SettingType.tenants(), always(""), "tenants that exist");
  public static final Setting<Set<String>> IDENTITY_AUDIENCES =
      declare(
          "identity.audiences",
          SettingType.list("audiences"),
          always(""),
          "audiences that mean this server, beside Graph's own");
  public static final Setting<String> ISSUER_URL =
      declare(
          ISSUER + "url",
          SettingType.text("a URL"),
          none(),
          "a trusted issuer: what its tokens say as `iss`; `{tenantid}` stands for the tenant in"
              + " Entra's issuers for many tenants");
  public static final Setting<String> ISSUER_TENANT =
      declare(
          ISSUER + "tenant",
          SettingType.text("an id"),
          none(),
          "the tenant to which all its tokens belong: for issuers whose tokens have no `tid`");
  public static final Setting<Set<String>> ISSUER_TENANTS =
      declare(
          ISSUER + "tenants",
          SettingType.list("ids"),
          none(),
          "or: the tenants that it may speak for");
  public static final Setting<Set<String>> ISSUER_AUDIENCES =
      declare(
          ISSUER + "audiences",
          SettingType.list("audiences"),
          none(),
          "audiences that its tokens may have beside those that mean this server");
  public static final Setting<String> ISSUER_DISCOVERY_URL =
      declare(
          ISSUER + "discovery-url",
          SettingType.text("a URL"),
          none("the usual place below its `url`"),
          "where its configuration document is");
  public static final Setting<Path> IDENTITY_AUTHORITY =
      declare(
          "identity.authority",
          SettingType.path(),
          none(),
          "a PEM file with a further authority whose certificate the issuers' addresses may have");
  public static final Setting<UpdateSettings.StatusSpelling> DEVICES_OPERATION_STATUS =
      declare(
          "devices.operation-status",
          SettingType.choice(
              List.of("action-page", "resource-page"),
              UpdateSettings.StatusSpelling.ACTION_PAGES,
              UpdateSettings.StatusSpelling.RESOURCE_PAGE),
          always("action-page"),
          "`action-page` says `succeeded`, `resource-page` says `successful`");
  public static final Setting<Duration> DEVICES_POLL_INTERVAL =
      declare(
          "devices.poll-interval",
          // The protocol writes it as hours, minutes and seconds of a day.
          SettingType.duration("1s", "23h"),
          each("3s", "5m"),
          "how often devices are asked to poll");
  public static final Setting<Duration> DEVICES_OPERATION_DEADLINE =
      declare(
          "devices.operation-deadline",
          SettingType.duration("1s", "365d"),
          always("1d"),
          "how long a device may take for what it was asked");
  public static final Setting<Integer> DEVICES_HTTPS_PORT =
      declare(
          "devices.https-port",
          SettingType.port(),
          always("none"),
          "HTTPS, on `https.address`, that asks devices for a certificate, which needs"
              + " `devices.client-authority`; the other ports never ask");
  public static final Setting<Path> DEVICES_CLIENT_AUTHORITY =
      declare(
          "devices.client-authority",
          SettingType.path(),
          none(),
          "a PEM file of the authorities whose certificates devices may prove themselves with"
              + " ([devices.md](devices.md#client-certificates))");
  public static final Setting<Set<String>> DEVICES_CLIENT_TENANTS =
      declare(
          "devices.client-tenants",
          SettingType.list("names of tenants"),
          always(""),
          "tenants whose devices may do so, as devices name them in their paths; all if it is"
              + " empty");
  public static final Setting<DeviceCertificates.PassedOn> DEVICES_CLIENT_HEADERS =
      declare(
          "devices.client-headers",
          SettingType.choice(
              List.of("x-ssl", "x-controller-id", "none"),
              DeviceCertificates.PassedOn.X_SSL,
              DeviceCertificates.PassedOn.X_CONTROLLER_ID,
              DeviceCertificates.PassedOn.NOWHERE),
          always("x-ssl"),
          "in which headers a trusted proxy passes a certificate on: `x-ssl` (`X-Ssl-Client-Cn`,"
              + " `X-Ssl-Issuer-Hash-1`…), `x-controller-id` (`X-Controller-Id`, `X-Authority`), or"
              + " `none`");
  public static final Setting<AppleSettings> VPP_APPLE_URL =
      declare(
          "vpp.apple-url",
          SettingType.apple(),
          always(AppleSettings.APPLE.toString()),
          "Apple's App and Book Management API");
  public static final Setting<Path> VPP_APPLE_AUTHORITY =
      declare(
          "vpp.apple-authority",
          SettingType.path(),
          none(),
          "a PEM file with a further authority, for an inspecting proxy or a stand-in: its"
              + " certificates are believed beside those that Java believes");
  public static final Setting<Path> VPP_KEY_FILE =
      declare(
          "vpp.key-file",
          SettingType.path(),
          none("`keys/vpp.json` in the data directory"),
          "the keys that content tokens are encrypted with; made there at the first start if it is"
              + " not there; refused if others than its owner may read it");
  public static final Setting<Boolean> VPP_STRICT_TOKENS =
      declare(
          "vpp.strict-tokens",
          SettingType.flag(),
          each("false", "true"),
          "whether a token that is no content token is refused");
  public static final Setting<ContentToken> VPP_EXAMPLE_TOKEN =
      secret(
          "vpp.example-token",
          SettingType.contentToken(),
          "`fettle dev` only: the content token that `Token value`, as the printed examples send"
              + " it, stands for; `--apple-stand-in` sets it");
  public static final Setting<Boolean> METRICS_REMOTE =
      declare(
          "metrics.remote",
          SettingType.flag(),
          always("false"),
          "whether `/metrics` answers others than loopback");
  public static final Setting<String> LOG_LEVEL =
      declare(
          "log.level",
          SettingType.choice(
              List.of("info", "error", "warn", "debug"), "info", "error", "warn", "debug"),
          always("info"),
          "the least that the log tells of");
  public static final Setting<Boolean> LOG_REQUESTS =
      declare(
          "log.requests",
          SettingType.flag(),
          always("false"),
          "whether each request is a line in the log");

  private static <T> Setting<T> declare(
      String name, SettingType<T> type, Default standard, String help) {
    return declared(new Setting<>(name, type, standard, false, help));
  }

  private static <T> Setting<T> secret(String name, SettingType<T> type, String help) {
    return declared(new Setting<>(name, type, none(), true, help));
  }

  private static <T> Setting<T> declared(Setting<T> setting) {
    DECLARED.add(setting);
    return setting;
  }

  private static Default always(String both) {
    return new Default(both, both, "");
  }

  private static Default each(String dev, String serve) {
    return new Default(dev, serve, "");
  }

  private static Default none() {
    return none("");
  }

  private static Default none(String words) {
    return new Default(null, null, words);
  }

  /** All settings, in the order of the documentation. */
  public static List<Setting<?>> all() {
    return Collections.unmodifiableList(DECLARED);
  }

  /** The name in the environment. */
  String environmentName() {
    return "FETTLE_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  boolean isOfIssuer() {
    return name.startsWith(ISSUER);
  }

  /** The same setting of one trusted issuer. */
  Setting<T> of(String issuer) {
    return new Setting<>(name.replace("NAME", issuer), type, standard, secret, help);
  }

  /** The purpose, the values and the default, as text for a terminal. */
  public String description() {
    String values = type.form().isEmpty() ? "" : "; " + type.form();
    String shown = standard.shown().isEmpty() ? "" : "; default: " + standard.shown();
    return (help + values + shown).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").replace("`", "");
  }
}
