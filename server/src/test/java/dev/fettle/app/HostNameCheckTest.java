package dev.fettle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fettle.app.settings.Mode;
import dev.fettle.app.settings.Settings;
import dev.fettle.base.Ids;
import dev.fettle.http.Headers;
import dev.fettle.http.Peer;
import dev.fettle.http.Request;
import dev.fettle.http.RequestBody;
import dev.fettle.http.Response;
import dev.fettle.http.Router;
import dev.fettle.support.TestDoor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A page at {@code http://evil.example:8080} can let its name lead to 127.0.0.1 once it is loaded.
 * Its requests then have an origin equal to the host that they ask, and used to get tokens.
 */
class HostNameCheckTest {
  private final Router guard =
      new Router(
          List.of(new TestDoor(request -> Response.empty(204))),
          List.of(
              HostNameCheck.of(
                  Settings.read(
                      Mode.DEV,
                      Map.of(
                          "https.names", "Lab.example",
                          "public-url", "https://fettle.example:8443"),
                      Map.of(),
                      Map.of()))),
          Ids.random(),
          exchanged -> {});

  private Response ask(String host, @Nullable String origin, String... more) {
    Headers headers = Headers.of("Host", host).with(Headers.of(more));
    return guard.handle(
        new Request(
            "POST",
            "/fettle/dev/tokens",
            "",
            origin == null ? headers : headers.with("Origin", origin),
            "http",
            "localhost:8080",
            Peer.of("127.0.0.1"),
            RequestBody.of(new byte[0])));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:8080",
        "LOCALHOST",
        "127.0.0.1:8080",
        "192.168.1.7",
        "[::1]:8080",
        "fettle:8080",
        "app.localhost:8080",
        "lab.example:8443",
        "Fettle.Example"
      })
  void a_page_may_call_by_a_name_that_is_the_servers_own(String host) {
    assertThat(ask(host, "http://" + host).status()).isEqualTo(204);
    assertThat(ask(host, "https://app.example").status()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example:1"})
  void a_page_whose_name_was_made_to_lead_here_gets_nothing(String host) {
    assertThat(ask(host, "http://" + host).status()).isEqualTo(400);
    // Of what it reads from its own site a browser does not say whose page it is.
    assertThat(ask(host, null).status()).isEqualTo(400);
    // A page can set this header for what its browser takes for its own site.
    assertThat(ask(host, "http://" + host, "X-Forwarded-Host", "localhost").status())
        .isEqualTo(400);
  }
}
