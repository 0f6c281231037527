package dev.fettle.vpp.apple;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fettle.app.Authorities;
import dev.fettle.app.TlsFailure;
import dev.fettle.http.HttpServer;
import dev.fettle.http.Response;
import dev.fettle.http.ServerTls;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content tokens go to nobody who cannot prove to be Apple. */
final class AppleTlsTest {

  private static final Duration DAY = Duration.ofDays(1);
  private static final ContentToken TOKEN =
      ContentToken.parse(
          Base64.getEncoder()
              .encodeToString(
                  """
                  {"token":"s3cret","expDate":"2030-11-08T22:33:22+0000","orgName":"o"}\
                  """
                      .getBytes(StandardCharsets.UTF_8)));

  @TempDir Path folder;
  private final List<String> heard = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void a_certificate_of_an_authority_that_the_settings_add_is_believed() throws Exception {
    URI apple = serve("localhost", DAY);

    assertThat(client(apple, Authorities.with(authority())).limits().maxRequestPerSecond())
        .isEqualTo(15);
    assertThat(heard).hasSize(1);
  }

  @Test
  void a_certificate_of_an_unknown_authority_is_refused() throws Exception {
    refused(serve("localhost", DAY), null, "is from no authority that this server trusts");
  }

  @Test
  void a_certificate_for_another_name_is_refused_though_its_authority_is_known() throws Exception {
    URI apple = serve("vpp.itunes.apple.com", DAY);
    refused(apple, Authorities.with(authority()), "is for another name");
  }

  @Test
  void an_expired_certificate_is_refused() throws Exception {
    URI apple = serve("localhost", DAY.negated());
    refused(apple, Authorities.with(authority()), "has expired");
  }

  @Test
  void a_file_without_authorities_is_told_with_what_is_wrong() throws Exception {
    Path missing = folder.resolve("missing.pem");
    assertThatThrownBy(() -> Authorities.with(missing))
        .isInstanceOf(TlsFailure.class)
        .hasMessage(
            missing + " cannot be used as a file of authorities: " + missing + " does not exist.");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    assertThatThrownBy(() -> Authorities.with(empty))
        .isInstanceOf(TlsFailure.class)
        .hasMessageContaining("there is no certificate in");
  }

  /** At once, since nothing gets better by asking again, and before anything was sent. */
  private void refused(URI apple, SSLContext trust, String why) {
    AppleFailure failure =
        catchThrowableOfType(
            AppleFailure.class, () -> client(apple, trust).clientConfig(TOKEN).country());

    assertThat(failure).hasMessage("Apple is not available: its certificate " + why);
    assertThat(heard).isEmpty();
    assertThat(pauses).isEmpty();
  }

  private AppleClient client(URI apple, SSLContext trust) {
    AppleClient client =
        new AppleClient(AppleSettings.at(apple, null), InstantSource.system(), pauses::add, trust);
    open.add(client);
    return client;
  }

  private Path authority() {
    return folder.resolve("authority.pem");
  }

  private URI serve(String name, Duration life) throws Exception {
    HttpServer server =
        HttpServer.start(
            List.of(
                new HttpServer.Listener(
                    "default", InetAddress.getLoopbackAddress(), 0, certified(name, life))),
            request -> {
              heard.add(request.rawPath());
              return Response.text(
                  200, "application/json", "{\"limits\":{\"maxRequestPerSecond\":15}}");
            });
    open.add(server);
    return URI.create("https://localhost:" + server.port("default") + "/mdm/v2");
  }

  private ServerTls certified(String name, Duration life) throws Exception {
    KeyPair above = keys();
    KeyPair own = keys();
    X500Name authority = new X500Name("CN=An authority");
    Files.writeString(
        authority(),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder()
                .encodeToString(
                    signed(
                            above,
                            builder(authority, authority, above, DAY)
                                .addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(true)))
                        .getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    X509Certificate certificate =
        signed(
            above,
            builder(authority, new X500Name("CN=" + name), own, life)
                .addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name))));
    return ServerTls.of(own.getPrivate(), List.of(certificate));
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair keys, Duration life) {
    Instant end = Instant.now().plus(life);
    return new JcaX509v3CertificateBuilder(
        issuer,
        BigInteger.ONE,
        Date.from(end.minus(DAY.multipliedBy(3))),
        Date.from(end),
        subject,
        keys.getPublic());
  }

  private static X509Certificate signed(KeyPair by, X509v3CertificateBuilder builder)
      throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
  }
}
