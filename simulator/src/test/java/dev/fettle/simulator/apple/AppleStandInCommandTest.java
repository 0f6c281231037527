package dev.fettle.simulator.apple;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the command prints, and that what it prints works. */
final class AppleStandInCommandTest {
  @Test
  void it_prints_its_address_and_content_tokens_that_work() throws InterruptedException {
    StringWriter out = new StringWriter();
    Thread running =
        Thread.ofVirtual()
            .start(
                () ->
                    new CommandLine(new AppleStandInCommand())
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(new StringWriter()))
                        .execute("--port", "0", "--assets", "30", "--page-size", "20"));
    Pattern ready = Pattern.compile("ready at (http://127.0.0.1:\\d+/mdm/v2)");
    await().until(() -> ready.matcher(out.toString()).find());
    Matcher url = ready.matcher(out.toString());
    Matcher token = Pattern.compile("content token: (\\S+)").matcher(out.toString());
    assertThat(url.find()).isTrue();
    int libraries = 0;
    while (token.find()) {
      libraries++;
      assertThat(Caller.of(url.group(1), token.group(1)).get("/client/config").status())
          .isEqualTo(200);
    }
    assertThat(libraries).isEqualTo(5);
    running.interrupt();
    running.join();
  }

  @Test
  void a_taken_port_is_an_error_for_people() {
    try (AppleStandIn other = AppleStandIn.start(AppleStandInSettings.defaults())) {
      StringWriter err = new StringWriter();
      int code =
          new CommandLine(new AppleStandInCommand())
              .setErr(new PrintWriter(err, true))
              .execute("--port", Integer.toString(URI.create(other.url()).getPort()));
      assertThat(code).isEqualTo(1);
      assertThat(err.toString())
          .contains("cannot listen")
          .contains("--port")
          .doesNotContain("\tat ");
    }
  }
}
