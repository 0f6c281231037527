package dev.fettle.app.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every setting: its name, its defaults, and what it is for. */
public enum SettingKey {
  DATA_DIRECTORY("data.directory", ".fettle", "where everything that is kept lies"),
  HTTP_PORT("http.port", "8080", "plain HTTP, on loopback only; 'none' for no such port"),
  HTTPS_PORT("https.port", "8443", "HTTPS; 'none' for no such port"),
  HTTPS_ADDRESS(
      "https.address", "127.0.0.1", "0.0.0.0", "the address that HTTPS listens on", false),
  HTTPS_NAMES(
      "https.names", "", "more host names and addresses for the certificate, with commas between"),
  HTTPS_CERTIFICATE(
      "https.certificate", null, "a PEM file with your own certificate chain; needs https.key"),
  HTTPS_KEY("https.key", null, "a PEM file (PKCS #8) with the certificate's private key"),
  HTTP_TRUSTED_PROXIES(
      "http.trusted-proxies",
      "127.0.0.0/8,::1",
      "networks of the proxies whose word about their clients is believed"),
  HTTP_CONNECTIONS(
      "http.connections",
      null,
      "how many connections may be open; without it as many as there are descriptors for"),
  HTTP_CONNECTIONS_PER_ADDRESS(
      "http.connections-per-address", "1000", "how many connections one address may have open"),
  HTTP_UNLIMITED_NETWORKS(
      "http.unlimited-networks",
      "127.0.0.0/8,::1",
      "networks whose addresses have no limit of their own, as trusted proxies have none"),
  HTTP_BODY_MEMORY(
      "http.body-memory",
      null,
      "bytes of request bodies in memory at once, as 64MiB; without it an eighth of the heap"),
  PUBLIC_URL("public-url", null, "where clients reach the server, if the server cannot know"),
  DATABASE_URL(
      "database.url", null, "JDBC URL of a PostgreSQL server; without it an embedded one runs"),
  DATABASE_USER("database.user", null, "the role to log in as"),
  DATABASE_PASSWORD("database.password", null, null, "its password", true),
  DATABASE_CONNECTIONS("database.connections", "16", "how many connections may be open at once"),
  DATABASE_ADMISSION_WAIT(
      "database.admission-wait", "3s", "how long a request waits for a connection before 503"),
  DATABASE_STATEMENT_TIMEOUT("database.statement-timeout", "20s", "the longest one statement runs"),
  DATABASE_PROGRAMS(
      "database.programs", null, "where the embedded server's programs lie; may be shared"),
  IDENTITY_TENANTS(
      "identity.tenants", "", "tenants that exist, with commas between, each ID or ID=DDI-NAME"),
  IDENTITY_AUDIENCES(
      "identity.audiences", "", "audiences that mean this server, beside those of Graph"),
  IDENTITY_AUTHORITY(
      "identity.authority",
      null,
      "a PEM file with a further authority whose certificate the issuers' addresses may have"),
  DEVICES_OPERATION_STATUS(
      "devices.operation-status",
      "action-page",
      "'action-page' says succeeded, 'resource-page' says successful"),
  DEVICES_POLL_INTERVAL(
      "devices.poll-interval", "3s", "5m", "how often devices are asked to poll", false),
  DEVICES_OPERATION_DEADLINE(
      "devices.operation-deadline", "1d", "how long a device may take for what it was asked"),
  DEVICES_HTTPS_PORT(
      "devices.https-port",
      "none",
      "HTTPS that asks devices for a certificate; needs devices.client-authority"),
  DEVICES_CLIENT_AUTHORITY(
      "devices.client-authority",
      null,
      "a PEM file of the authorities whose certificates devices may prove themselves with"),
  DEVICES_CLIENT_TENANTS(
      "devices.client-tenants",
      "",
      "tenants, as paths of devices name them, whose devices may do so; all of them if empty"),
  DEVICES_CLIENT_HEADERS(
      "devices.client-headers",
      "x-ssl",
      "in which headers a trusted proxy passes a certificate on: 'x-ssl', 'x-controller-id',"
          + " 'none'"),
  VPP_APPLE_URL(
      "vpp.apple-url",
      "https://vpp.itunes.apple.com/mdm/v2",
      "Apple's App and Book Management API"),
  VPP_APPLE_AUTHORITY(
      "vpp.apple-authority",
      null,
      "a PEM file with a further authority whose certificate Apple's address may have"),
  VPP_KEY_FILE(
      "vpp.key-file",
      null,
      "the keys that content tokens are encrypted with; made there if it is not"),
  VPP_STRICT_TOKENS(
      "vpp.strict-tokens",
      "false",
      "true",
      "whether a token that is no content token is 400",
      false),
  VPP_EXAMPLE_TOKEN(
      "vpp.example-token",
      null,
      null,
      "the content token that 'Token value' of the printed examples stands for; in dev only",
      true),
  METRICS_REMOTE("metrics.remote", "false", "whether /metrics answers others than loopback"),
  LOG_LEVEL("log.level", "info", "error, warn, info or debug"),
  LOG_REQUESTS("log.requests", "false", "whether each request is a line in the log");

  private final String key;
  private final @Nullable String dev;
  private final @Nullable String serve;
  private final String help;
  private final boolean secret;

  SettingKey(String key, @Nullable String both, String help) {
    this(key, both, both, help, false);
  }

  SettingKey(
      String key, @Nullable String dev, @Nullable String serve, String help, boolean secret) {
    this.key = key;
    this.dev = dev;
    this.serve = serve;
    this.help = help;
    this.secret = secret;
  }

  /** The name, as in the configuration file. */
  public String key() {
    return key;
  }

  /** The default in a mode; null if there is none. */
  public @Nullable String defaultIn(Mode mode) {
    return switch (mode) {
      case DEV -> dev;
      case SERVE -> serve;
    };
  }

  /** What it is for, in a few words. */
  public String help() {
    return help;
  }

  /** Whether its value is never printed. */
  public boolean secret() {
    return secret;
  }

  /** Its name in the environment. */
  public String environmentName() {
    return environmentName(key);
  }

  static String environmentName(String key) {
    return "FETTLE_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  static Optional<SettingKey> of(String key) {
    return Arrays.stream(values()).filter(candidate -> candidate.key.equals(key)).findFirst();
  }
}
