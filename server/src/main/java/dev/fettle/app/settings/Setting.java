package dev.fettle.app.settings;

import static dev.fettle.app.settings.SettingType.apple;
import static dev.fettle.app.settings.SettingType.bytes;
import static dev.fettle.app.settings.SettingType.choice;
import static dev.fettle.app.settings.SettingType.contentToken;
import static dev.fettle.app.settings.SettingType.duration;
import static dev.fettle.app.settings.SettingType.flag;
import static dev.fettle.app.settings.SettingType.list;
import static dev.fettle.app.settings.SettingType.networks;
import static dev.fettle.app.settings.SettingType.number;
import static dev.fettle.app.settings.SettingType.origin;
import static dev.fettle.app.settings.SettingType.path;
import static dev.fettle.app.settings.SettingType.port;
import static dev.fettle.app.settings.SettingType.postgresql;
import static dev.fettle.app.settings.SettingType.secret;
import static dev.fettle.app.settings.SettingType.tenants;
import static dev.fettle.app.settings.SettingType.text;

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
 * @param purpose what it is for, in Markdown
 * @param <T> the type of the values
 */
public record Setting<T>(String name, SettingType<T> type, Default standard, String purpose) {

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
      of("data.directory", path(), ".fettle").help("where everything that is kept lies");
  public static final Setting<Integer> HTTP_PORT =
      of("http.port", port(), "8080").help("plain HTTP, on loopback only");
  public static final Setting<Integer> HTTPS_PORT = of("https.port", port(), "8443").help("HTTPS");
  public static final Setting<String> HTTPS_ADDRESS =
      of("https.address", text("an address"), each("127.0.0.1", "0.0.0.0"))
          .help("the address that HTTPS listens on");
  public static final Setting<Set<String>> HTTPS_NAMES =
      of("https.names", list("host names and addresses"), "")
          .help(
              "more names for the certificate of the local authority; a `dev` answers to these, to"
                  + " its `public-url`, to addresses, to names without a dot and to those below"
                  + " `localhost`, and to no other");
  public static final Setting<Path> HTTPS_CERTIFICATE =
      of("https.certificate", path(), none())
          .help(
              "a PEM file with your own certificate chain, which needs `https.key`; see"
                  + " [certificates](#certificates)");
  public static final Setting<Path> HTTPS_KEY =
      of("https.key", path(), none())
          .help("a PEM file (PKCS #8) with the private key of `https.certificate`");
  public static final Setting<Networks> HTTP_TRUSTED_PROXIES =
      of("http.trusted-proxies", networks(), "127.0.0.0/8,::1")
          .help("networks of the proxies whose word about their clients is believed");
  public static final Setting<Integer> HTTP_CONNECTIONS =
      of(
              "http.connections",
              number(1, HttpLimits.mostConnections(), "what the default is"),
              none("as many as there are file descriptors for, at most 50,000"))
          .help("how many connections may be open altogether");
  public static final Setting<Integer> HTTP_CONNECTIONS_PER_ADDRESS =
      of("http.connections-per-address", number(1, 1_000_000), "1000")
          .help("how many of them one address may have");
  public static final Setting<Networks> HTTP_UNLIMITED_NETWORKS =
      of("http.unlimited-networks", networks(), "127.0.0.0/8,::1")
          .help(
              "networks whose addresses have no limit of their own; trusted proxies have none"
                  + " either");
  // At least room for the largest body that is held in memory, and as much again.
  public static final Setting<Long> HTTP_BODY_MEMORY =
      of("http.body-memory", bytes(32 << 20), none("an eighth of the heap"))
          .help("bytes of request bodies in memory at once, as `64MiB` or `1GiB`");
  public static final Setting<URI> PUBLIC_URL =
      of("public-url", origin(), none())
          .help(
              "where the server is reached, if it cannot know: in the built-in issuer's name, in"
                  + " the links that devices get, and where Apple sends its notifications");
  public static final Setting<String> DATABASE_URL =
      of("database.url", postgresql(), none("an embedded PostgreSQL"))
          .help("JDBC URL of a PostgreSQL 15 to 18");
  public static final Setting<String> DATABASE_USER =
      of("database.user", text("a name"), none()).help("the role to log in as");
  public static final Setting<String> DATABASE_PASSWORD =
      of("database.password", secret(text("a text")), none()).help("its password");
  public static final Setting<Integer> DATABASE_CONNECTIONS =
      of("database.connections", number(2, 500), "16")
          .help("how many connections may be open at once");
  public static final Setting<Duration> DATABASE_ADMISSION_WAIT =
      of("database.admission-wait", duration("1ms", "10m"), "3s")
          .help("how long a request waits for a connection before it is answered 503");
  public static final Setting<Duration> DATABASE_STATEMENT_TIMEOUT =
      of("database.statement-timeout", duration("100ms", "1h"), "20s")
          .help("the longest one statement runs");
  public static final Setting<Path> DATABASE_PROGRAMS =
      of("database.programs", path(), none("`postgres` in the data directory"))
          .help("where the embedded server's programs lie; may be shared between data directories");
  public static final Setting<Map<String, String>> IDENTITY_TENANTS =
      of("identity.tenants", tenants(), "").help("tenants that exist");
  public static final Setting<Set<String>> IDENTITY_AUDIENCES =
      of("identity.audiences", list("audiences"), "")
          .help("audiences that mean this server, beside Graph's own");
  public static final Setting<String> ISSUER_URL =
      of(ISSUER + "url", text("a URL"), none())
          .help(
              "a trusted issuer: what its tokens say as `iss`; `{tenantid}` stands for the tenant"
                  + " in Entra's issuers for many tenants");
  public static final Setting<String> ISSUER_TENANT =
      of(ISSUER + "tenant", text("an id"), none())
          .help(
              "the tenant to which all its tokens belong: for issuers whose tokens have no `tid`");
  public static final Setting<Set<String>> ISSUER_TENANTS =
      of(ISSUER + "tenants", list("ids"), none()).help("or: the tenants that it may speak for");
  public static final Setting<Set<String>> ISSUER_AUDIENCES =
      of(ISSUER + "audiences", list("audiences"), none())
          .help("audiences that its tokens may have beside those that mean this server");
  public static final Setting<String> ISSUER_DISCOVERY_URL =
      of(ISSUER + "discovery-url", text("a URL"), none("the usual place below its `url`"))
          .help("where its configuration document is");
  public static final Setting<Path> IDENTITY_AUTHORITY =
      of("identity.authority", path(), none())
          .help(
              "a PEM file with a further authority whose certificate the issuers' addresses may"
                  + " have");
  public static final Setting<UpdateSettings.StatusSpelling> DEVICES_OPERATION_STATUS =
      of(
              "devices.operation-status",
              choice(
                  List.of("action-page", "resource-page"),
                  UpdateSettings.StatusSpelling.ACTION_PAGES,
                  UpdateSettings.StatusSpelling.RESOURCE_PAGE),
              "action-page")
          .help("`action-page` says `succeeded`, `resource-page` says `successful`");
  // The protocol writes it as hours, minutes and seconds of a day.
  public static final Setting<Duration> DEVICES_POLL_INTERVAL =
      of("devices.poll-interval", duration("1s", "23h"), each("3s", "5m"))
          .help("how often devices are asked to poll");
  public static final Setting<Duration> DEVICES_OPERATION_DEADLINE =
      of("devices.operation-deadline", duration("1s", "365d"), "1d")
          .help("how long a device may take for what it was asked");
  public static final Setting<Integer> DEVICES_HTTPS_PORT =
      of("devices.https-port", port(), "none")
          .help(
              "HTTPS, on `https.address`, that asks devices for a certificate, which needs"
                  + " `devices.client-authority`; the other ports never ask");
  public static final Setting<Path> DEVICES_CLIENT_AUTHORITY =
      of("devices.client-authority", path(), none())
          .help(
              "a PEM file of the authorities whose certificates devices may prove themselves with"
                  + " ([devices.md](devices.md#client-certificates))");
  public static final Setting<Set<String>> DEVICES_CLIENT_TENANTS =
      of("devices.client-tenants", list("names of tenants"), "")
          .help(
              "tenants whose devices may do so, as devices name them in their paths; all if it is"
                  + " empty");
  public static final Setting<DeviceCertificates.ProxyHeaders> DEVICES_CLIENT_HEADERS =
      of(
              "devices.client-headers",
              choice(
                  List.of("x-ssl", "x-controller-id", "none"),
                  DeviceCertificates.ProxyHeaders.X_SSL,
                  DeviceCertificates.ProxyHeaders.X_CONTROLLER_ID,
                  DeviceCertificates.ProxyHeaders.NONE),
              "x-ssl")
          .help(
              "in which headers a trusted proxy passes a certificate on: `x-ssl`"
                  + " (`X-Ssl-Client-Cn`, `X-Ssl-Issuer-Hash-1`…), `x-controller-id`"
                  + " (`X-Controller-Id`, `X-Authority`), or `none`");
  public static final Setting<AppleSettings> VPP_APPLE_URL =
      of("vpp.apple-url", apple(), AppleSettings.APPLE.toString())
          .help("Apple's App and Book Management API");
  public static final Setting<Path> VPP_APPLE_AUTHORITY =
      of("vpp.apple-authority", path(), none())
          .help(
              "a PEM file with a further authority, for an inspecting proxy or a stand-in: its"
                  + " certificates are believed beside those that Java believes");
  public static final Setting<Path> VPP_KEY_FILE =
      of("vpp.key-file", path(), none("`keys/vpp.json` in the data directory"))
          .help(
              "the keys that content tokens are encrypted with; made there at the first start if it"
                  + " is not there; refused if others than its owner may read it");
  public static final Setting<Boolean> VPP_STRICT_TOKENS =
      of("vpp.strict-tokens", flag(), each("false", "true"))
          .help("whether a token that is no content token is refused");
  public static final Setting<ContentToken> VPP_EXAMPLE_TOKEN =
      of("vpp.example-token", secret(contentToken()), none())
          .help(
              "`fettle dev` only: the content token that `Token value`, as the printed examples"
                  + " send it, stands for; `--apple-stand-in` sets it");
  public static final Setting<Boolean> METRICS_REMOTE =
      of("metrics.remote", flag(), "false").help("whether `/metrics` answers others than loopback");
  public static final Setting<String> LOG_LEVEL =
      of(
              "log.level",
              choice(List.of("info", "error", "warn", "debug"), "info", "error", "warn", "debug"),
              "info")
          .help("the least that the log tells of");
  public static final Setting<Boolean> LOG_REQUESTS =
      of("log.requests", flag(), "false").help("whether each request is a line in the log");

  private static <T> Setting<T> of(String name, SettingType<T> type, String both) {
    return of(name, type, each(both, both));
  }

  private static <T> Setting<T> of(String name, SettingType<T> type, Default standard) {
    return new Setting<>(name, type, standard, "");
  }

  /** Declares this setting with its purpose. */
  private Setting<T> help(String purpose) {
    Setting<T> setting = new Setting<>(name, type, standard, purpose);
    DECLARED.add(setting);
    return setting;
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
  Setting<T> ofIssuer(String issuer) {
    return new Setting<>(name.replace("NAME", issuer), type, standard, purpose);
  }

  /** The purpose, the values and the default, as text for a terminal. */
  public String description() {
    String values = type.form().isEmpty() ? "" : "; " + type.form();
    String shown = standard.shown().isEmpty() ? "" : "; default: " + standard.shown();
    return (purpose + values + shown).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").replace("`", "");
  }
}
