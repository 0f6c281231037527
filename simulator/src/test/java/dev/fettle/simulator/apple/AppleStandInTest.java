package dev.fettle.simulator.apple;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.fettle.simulator.apple.notifications.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, speaking HTTPS, and notifying a URL whose authority was named. */
final class AppleStandInTest {
  @Test
  void a_port_that_is_taken_is_said_plainly() {
    try (AppleStandIn first = AppleStandIn.start(AppleStandInSettings.defaults())) {
      int port = URI.create(first.url()).getPort();
      assertThatThrownBy(
              () -> AppleStandIn.start(AppleStandInSettings.builder().port(port).build()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("127.0.0.1:" + port);
    }
  }

  @Test
  void https_works_for_who_trusts_the_certificate() {
    try (AppleStandIn standIn =
        AppleStandIn.start(AppleStandInSettings.builder().https(true).build())) {
      byte[] pem = Objects.requireNonNull(standIn.certificate()).getBytes(StandardCharsets.UTF_8);
      HttpClient http = HttpClient.newBuilder().sslContext(Trust.trusting(pem)).build();
      Caller caller = new Caller(http, standIn.url(), standIn.seeded().getFirst().contentToken());
      assertThat(caller.get("/client/config").status()).isEqualTo(200);
      assertThat(caller.get("/service/config").body().path("urls").path("getAssets").stringValue())
          .startsWith("https://127.0.0.1:");
      assertThatThrownBy(() -> Caller.of(standIn.url(), null).get("/service/config"))
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void a_notification_goes_to_https_when_its_authority_is_trusted(@TempDir Path folder)
      throws IOException {
    Trust.Identity identity = Trust.identity(Instant.now());
    Path pem = Files.writeString(folder.resolve("authority.pem"), identity.pem());
    HttpsServer receiver =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
    receiver.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    String body =
        "{\"notificationUrl\":\"https://127.0.0.1:%d/told\",\"notificationAuthToken\":\"s\"}"
            .formatted(receiver.getAddress().getPort());
    try (AppleStandIn wary = AppleStandIn.start(AppleStandInSettings.defaults());
        AppleStandIn trusting =
            AppleStandIn.start(AppleStandInSettings.builder().notificationAuthority(pem).build())) {
      assertThat(first(wary).post("/client/config", body).error()).isEqualTo(9728);
      assertThat(first(trusting).post("/client/config", body).status()).isEqualTo(200);
    } finally {
      receiver.stop(0);
    }
  }

  private static Caller first(AppleStandIn standIn) {
    return Caller.of(standIn.url(), standIn.seeded().getFirst().contentToken());
  }
}
