package dev.fettle.app.settings;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fettle.ddi.DeviceCertificates;
import dev.fettle.http.Networks;
import dev.fettle.identity.TrustedIssuer;
import dev.fettle.updates.UpdateSettings;
import dev.fettle.vpp.apple.AppleSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsTest {

  private static Settings read(Mode mode, Map<String, String> file) {
    return Settings.read(mode, file, Map.of(), Map.of());
  }

  private static List<String> effective(Settings settings) {
    return settings.effective().stream().map(Settings.Effective::line).toList();
  }

  private static List<String> problems(
      Map<String, String> file, Map<String, String> environment, Map<String, String> options) {
    InvalidSettings refused =
        catchThrowableOfType(
            InvalidSettings.class, () -> Settings.read(Mode.SERVE, file, environment, options));
    return refused == null ? List.of() : refused.problems();
  }

  private static List<String> problems(String... namesAndValues) {
    Map<String, String> file = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      file.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return problems(file, Map.of(), Map.of());
  }

  @Test
  void defaults_of_dev_are_these() {
    assertThat(effective(read(Mode.DEV, Map.of())))
        .containsExactly(
            "data.directory=.fettle source=default",
            "http.port=8080 source=default",
            "https.port=8443 source=default",
            "https.address=127.0.0.1 source=default",
            "https.names= source=default",
            "http.trusted-proxies=127.0.0.0/8,::1 source=default",
            "http.connections-per-address=1000 source=default",
            "http.unlimited-networks=127.0.0.0/8,::1 source=default",
            "database.connections=16 source=default",
            "database.admission-wait=3s source=default",
            "database.statement-timeout=20s source=default",
            "identity.tenants= source=default",
            "identity.audiences= source=default",
            "devices.operation-status=action-page source=default",
            "devices.poll-interval=3s source=default",
            "devices.operation-deadline=1d source=default",
            "devices.https-port=none source=default",
            "devices.client-tenants= source=default",
            "devices.client-headers=x-ssl source=default",
            "vpp.apple-url=https://vpp.itunes.apple.com/mdm/v2 source=default",
            "vpp.strict-tokens=false source=default",
            "metrics.remote=false source=default",
            "log.level=info source=default",
            "log.requests=false source=default");
  }

  @Test
  void defaults_of_serve_differ_in_these() {
    List<String> serve = effective(read(Mode.SERVE, Map.of()));
    List<String> dev = effective(read(Mode.DEV, Map.of()));

    assertThat(serve)
        .hasSameSizeAs(dev)
        .filteredOn(line -> !dev.contains(line))
        .containsExactly(
            "https.address=0.0.0.0 source=default",
            "devices.poll-interval=5m source=default",
            "vpp.strict-tokens=true source=default");
  }

  @Test
  void what_has_no_default_is_absent_and_what_has_one_arrives_typed() {
    Settings settings = read(Mode.SERVE, Map.of());

    Map<Setting<?>, Object> present = new HashMap<>();
    Setting.all().stream()
        .filter(setting -> settings.find(setting) != null)
        .forEach(setting -> present.put(setting, settings.get(setting)));
    // Networks are equal only to themselves.
    assertThat(present.remove(Setting.HTTP_TRUSTED_PROXIES)).isInstanceOf(Networks.class);
    assertThat(present.remove(Setting.HTTP_UNLIMITED_NETWORKS)).isInstanceOf(Networks.class);
    assertThat(present)
        .isEqualTo(
            Map.ofEntries(
                entry(Setting.DATA_DIRECTORY, Path.of(".fettle").toAbsolutePath()),
                entry(Setting.HTTP_PORT, 8080),
                entry(Setting.HTTPS_PORT, 8443),
                entry(Setting.HTTPS_ADDRESS, "0.0.0.0"),
                entry(Setting.HTTPS_NAMES, Set.of()),
                entry(Setting.HTTP_CONNECTIONS_PER_ADDRESS, 1000),
                entry(Setting.DATABASE_CONNECTIONS, 16),
                entry(Setting.DATABASE_ADMISSION_WAIT, Duration.ofSeconds(3)),
                entry(Setting.DATABASE_STATEMENT_TIMEOUT, Duration.ofSeconds(20)),
                entry(Setting.IDENTITY_TENANTS, Map.of()),
                entry(Setting.IDENTITY_AUDIENCES, Set.of()),
                entry(Setting.DEVICES_OPERATION_STATUS, UpdateSettings.StatusSpelling.ACTION_PAGES),
                entry(Setting.DEVICES_POLL_INTERVAL, Duration.ofMinutes(5)),
                entry(Setting.DEVICES_OPERATION_DEADLINE, Duration.ofDays(1)),
                entry(Setting.DEVICES_CLIENT_TENANTS, Set.of()),
                entry(Setting.DEVICES_CLIENT_HEADERS, DeviceCertificates.ProxyHeaders.X_SSL),
                entry(Setting.VPP_APPLE_URL, AppleSettings.apple()),
                entry(Setting.VPP_STRICT_TOKENS, true),
                entry(Setting.METRICS_REMOTE, false),
                entry(Setting.LOG_LEVEL, "info"),
                entry(Setting.LOG_REQUESTS, false)));
    assertThat(settings.issuers()).isEmpty();
    assertThat(settings.warnings()).isEmpty();
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http.port                  | 65536       | http.port=65536 is not a number from 0 to 65535
          http.port                  | -1          | http.port=-1 is not a number from 0 to 65535
          https.port                 | eighty      | https.port=eighty is not a number from 0 to 65535
          https.port                 | ''          | https.port is empty
          https.address              | ''          | https.address is empty
          devices.https-port         | 8444        | devices.https-port is set and devices.client-authority is not
          devices.client-headers     | x-forged    | devices.client-headers=x-forged is none of x-ssl, x-controller-id, none
          http.trusted-proxies       | proxy.local | http.trusted-proxies: 'proxy.local' is no network: write it as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7
          http.unlimited-networks    | 10.0.0.0/33 | http.unlimited-networks: '10.0.0.0/33' is no network: write it as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7
          http.connections-per-address | 0         | http.connections-per-address=0 is not a number from 1 to 1000000
          http.body-memory           | 64          | http.body-memory=64 is not a size such as 64MiB or 1GiB
          data.directory             | ''          | data.directory is empty
          database.url               | mysql://x/y | database.url must begin with jdbc:postgresql:
          database.url               | jdbc:postgresql://h/d?PassWord=x | database.url holds a password: say it in database.password instead
          database.user              | fettle      | database.user is set and database.url is not
          database.password          | s3cret      | database.password is set and database.url is not
          database.connections       | 1           | database.connections=1 is not a number from 2 to 500
          database.connections       | 501         | database.connections=501 is not a number from 2 to 500
          database.admission-wait    | 3           | database.admission-wait=3 is not a time such as 500ms, 3s, 10m, 2h or 1d
          database.admission-wait    | 0s          | database.admission-wait=0s is not from 1ms to 10m
          database.statement-timeout | 999999999d  | database.statement-timeout=999999999d is not from 100ms to 1h
          public-url                 | fettle.example | public-url=fettle.example is not an http or https URL
          public-url                 | ftp://fettle.example | public-url=ftp://fettle.example is not an http or https URL
          public-url                 | https://fettle.example/graph | public-url=https://fettle.example/graph says more than scheme, host and port
          public-url                 | https://me@fettle.example | public-url=https://me@fettle.example says more than scheme, host and port
          https.certificate          | cert.pem    | https.certificate and https.key go together, and only one of them is set
          https.key                  | key.pem     | https.certificate and https.key go together, and only one of them is set
          identity.tenants           | a=X, a=Y    | identity.tenants names a twice
          devices.operation-status   | done        | devices.operation-status=done is none of action-page, resource-page
          devices.poll-interval      | 24h         | devices.poll-interval=24h is not from 1s to 23h
          devices.poll-interval      | 500ms       | devices.poll-interval=500ms is not from 1s to 23h
          devices.operation-deadline | 366d        | devices.operation-deadline=366d is not from 1s to 365d
          devices.operation-deadline | soon        | devices.operation-deadline=soon is not a time such as 500ms, 3s, 10m, 2h or 1d
          vpp.apple-url              | apple       | vpp.apple-url=apple is not an http or https URL
          vpp.apple-url              | http://h/v2 | vpp.apple-url: Apple's address must be an https URL, or http to this machine: http://h/v2
          devices.https-port         | ''          | devices.https-port is empty
          vpp.example-token          | s3cret      | vpp.example-token is for 'fettle dev': give each vppToken its content token
          vpp.strict-tokens          | yes         | vpp.strict-tokens=yes is none of true, false
          metrics.remote             | TRUE        | metrics.remote=TRUE is none of true, false
          log.level                  | trace       | log.level=trace is none of info, error, warn, debug
          log.requests               | 1           | log.requests=1 is none of true, false
          htpp.port                  | 8080        | there is no setting htpp.port (file); did you mean http.port?
          identity.issuers.a.uri     | https://i.example | an issuer has no uri (identity.issuers.a.uri); did you mean url?
          identity.issuers.a.tenant  | t           | identity.issuers.a.url is missing
          """)
  void a_bad_setting_is_named_with_its_rule(String name, String value, String problem) {
    assertThat(problems(name, value)).containsExactly(problem);
  }

  @Test
  void settings_that_do_not_go_together_are_named_together() {
    assertThat(problems("http.port", "none", "https.port", "none"))
        .containsExactly(
            "http.port and https.port are both none: there would be nothing to connect to");
    assertThat(problems("http.port", "9000", "https.port", "9000"))
        .containsExactly("http.port and https.port are both 9000");
    assertThat(problems("http.port", "0", "https.port", "0")).isEmpty();
  }

  @Test
  void an_issuer_that_could_speak_for_every_tenant_or_in_the_clear_is_refused() {
    assertThat(problems("identity.issuers.k.url", "https://idp.example/realms/devices"))
        .singleElement()
        .asString()
        .startsWith("identity.issuers.k: ")
        .contains("it could speak for all");
    assertThat(
            problems(
                "identity.issuers.k.url",
                "http://idp.example/realms/devices",
                "identity.issuers.k.tenant",
                "contoso"))
        .singleElement()
        .asString()
        .startsWith("identity.issuers.k: ")
        .contains("must be an https URL");
    assertThat(
            problems(
                "identity.issuers.k.url",
                "http://127.0.0.1:9000/realms/devices",
                "identity.issuers.k.tenant",
                "contoso"))
        .isEmpty();
  }

  @Test
  void all_problems_are_told_at_once_and_none_shows_a_secret() {
    InvalidSettings refused =
        catchThrowableOfType(
            InvalidSettings.class,
            () ->
                Settings.read(
                    Mode.SERVE,
                    Map.of("http.port", "x", "database.password", "s3cret"),
                    Map.of("FETTLE_LOG_LEVEL", "loud"),
                    Map.of("metrics.remot", "true")));

    assertThat(refused.problems())
        .containsExactlyInAnyOrder(
            "log.level=loud is none of info, error, warn, debug",
            "there is no setting metrics.remot (command line); did you mean metrics.remote?",
            "http.port=x is not a number from 0 to 65535",
            "database.password is set and database.url is not");
    assertThat(refused)
        .hasMessageContaining("docs/operations.md")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void the_command_line_wins_over_the_environment_and_that_over_the_file() {
    Map<String, String> file =
        Map.of("log.level", "warn", "http.port", "1", "https.port", "2", "log.requests", "true");
    Settings settings =
        Settings.read(
            Mode.SERVE,
            file,
            Map.of("FETTLE_HTTP_PORT", "3", "FETTLE_HTTPS_PORT", "4", "PATH", "/bin"),
            Map.of("https.port", "5"));

    assertThat(settings.get(Setting.METRICS_REMOTE)).isFalse();
    assertThat(settings.get(Setting.LOG_LEVEL)).isEqualTo("warn");
    assertThat(settings.get(Setting.LOG_REQUESTS)).isTrue();
    assertThat(settings.get(Setting.HTTP_PORT)).isEqualTo(3);
    assertThat(settings.get(Setting.HTTPS_PORT)).isEqualTo(5);
    assertThat(effective(settings))
        .contains(
            "log.level=warn source=file",
            "http.port=3 source=environment",
            "https.port=5 source=command line");
  }

  // FETTLE_TOKEN, where people keep their token, used to stop the start.
  @Test
  void a_variable_of_the_environment_that_is_no_setting_is_a_warning_without_its_value() {
    Settings settings =
        Settings.read(
            Mode.SERVE,
            Map.of(),
            Map.of("FETTLE_TOKEN", "s3cret", "FETTLE_LOG_LEVLE", "debug", "TOKEN", "x"),
            Map.of());

    assertThat(settings.warnings())
        .containsExactlyInAnyOrder(
            "the environment has FETTLE_TOKEN, and there is no such setting",
            "the environment has FETTLE_LOG_LEVLE, and there is no such setting; did you mean"
                + " FETTLE_LOG_LEVEL?");
    assertThat(settings.get(Setting.LOG_LEVEL)).isEqualTo("info");
  }

  @Test
  void the_launchers_own_variables_are_no_settings() {
    assertThat(
            Settings.read(
                    Mode.SERVE,
                    Map.of(),
                    Map.of("FETTLE_JAVA_HOME", "/x", "FETTLE_JAVA_OPTS", "-X"),
                    Map.of())
                .warnings())
        .isEmpty();
  }

  @Test
  void what_is_given_differs_from_its_default_unless_it_is_the_same() {
    assertThat(
            read(Mode.DEV, Map.of("http.port", "8080", "log.level", "warn")).effective().stream()
                .filter(setting -> !setting.isDefault())
                .map(Settings.Effective::line))
        .containsExactly("log.level=warn source=file");
  }

  @Test
  void the_parts_of_an_issuer_may_be_in_the_environment_where_the_file_names_them() {
    Settings settings =
        Settings.read(
            Mode.SERVE,
            Map.of(
                "identity.issuers.k.url", "https://file.example", "identity.issuers.k.tenant", "a"),
            Map.of("FETTLE_IDENTITY_ISSUERS_K_URL", "https://idp.example"),
            Map.of("identity.issuers.k.audiences", "api://x, api://y"));

    assertThat(settings.issuers())
        .containsExactly(
            new TrustedIssuer(
                "https://idp.example", null, Set.of(), "a", Set.of("api://x", "api://y")));
    assertThat(effective(settings))
        .contains(
            "identity.issuers.k.url=https://idp.example source=environment",
            "identity.issuers.k.tenant=a source=file");
  }

  @Test
  void the_password_of_the_database_is_shown_nowhere() {
    Settings settings =
        read(
            Mode.SERVE,
            Map.of(
                "database.url",
                "jdbc:postgresql://db.example/fettle",
                "database.user",
                "fettle",
                "database.password",
                "s3cret"));

    assertThat(settings.get(Setting.DATABASE_PASSWORD)).isEqualTo("s3cret");
    assertThat(effective(settings)).contains("database.password=*** source=file");
    assertThat(settings.effective().toString()).doesNotContain("s3cret");
  }

  @Test
  void tenants_have_a_ddi_name_or_are_their_own() {
    Settings settings =
        read(
            Mode.SERVE, Map.of("identity.tenants", "11111111-2222-3333-4444-555555555555=SITE, b"));

    assertThat(settings.get(Setting.IDENTITY_TENANTS))
        .isEqualTo(Map.of("11111111-2222-3333-4444-555555555555", "SITE", "b", "b"));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void a_path_that_cannot_be_one_is_said_to_be_none(Mode mode) {
    assertThatExceptionOfType(InvalidSettings.class)
        .isThrownBy(() -> read(mode, Map.of("data.directory", "a\0b")))
        .satisfies(
            refused ->
                assertThat(refused.problems())
                    .singleElement()
                    .asString()
                    .startsWith("data.directory is no path: "));
  }
}
