package dev.fettle.simulator.apple.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LaterTest {

  // A notification that could not be made, or a port that could not be opened again, was kept by
  // the
  // scheduler in a result that nobody asked for.
  @Test
  void what_later_work_throws_is_printed_and_the_work_after_it_is_done() throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    CountDownLatch next = new CountDownLatch(1);
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try (Later later = new Later("later-test")) {
      later.after(
          Duration.ZERO,
          () -> {
            throw new LinkageError("the port is taken");
          });
      later.after(Duration.ofMillis(1), next::countDown);
      assertThat(next.await(10, TimeUnit.SECONDS)).isTrue();
      await().until(() -> printed.toString(StandardCharsets.UTF_8).contains("the port is taken"));
    } finally {
      System.setErr(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("later-test");
  }

  @Test
  void what_comes_after_the_end_is_left() {
    Later later = new Later("later-test");
    CountDownLatch done = new CountDownLatch(1);
    later.after(Duration.ofHours(1), done::countDown);
    later.close();
    later.after(Duration.ZERO, done::countDown);
    assertThat(done.getCount()).isOne();
  }
}
