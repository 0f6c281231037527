package dev.fettle.teams.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.http.Headers;
import dev.fettle.http.Request;
import dev.fettle.teams.packages.AppPackage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackageIntakeTest {

  private static final int MEGABYTE = 1 << 20;
  private static final Duration LONG = Duration.ofHours(1);

  /**
   * Forty packages of 15 MiB at once filled a heap of 512 MiB: eleven were answered 500, and
   * requests that had nothing to do with them lost their database connections.
   */
  @Test
  void packages_for_which_there_is_no_room_are_told_to_come_back_before_they_are_read() {
    PackageIntake intake = new PackageIntake(20 * MEGABYTE, Duration.ZERO, LONG);

    int length =
        intake.take(
            request(8 * MEGABYTE),
            first -> {
              Unread second = new Unread();
              Refusal refusal =
                  catchThrowableOfType(
                      Refusal.class,
                      () -> intake.take(request(8 * MEGABYTE, second), bytes -> bytes.length));
              assertThat(refusal.reason())
                  .isInstanceOfSatisfying(
                      Reason.Unavailable.class,
                      busy -> assertThat(busy.message()).contains("busy with other app packages"));
              assertThat(second.asked).isFalse();
              // A small one still fits beside the large one.
              assertThat(intake.<Integer>take(request(1_000), bytes -> bytes.length))
                  .isEqualTo(1_000);
              return first.length;
            });

    assertThat(length).isEqualTo(8 * MEGABYTE);
  }

  @Test
  void room_comes_back_whatever_becomes_of_a_package() {
    PackageIntake intake = new PackageIntake(2 * MEGABYTE, Duration.ZERO, LONG);
    for (int i = 0; i < 10; i++) {
      assertThat(
              catchThrowableOfType(
                  IllegalStateException.class,
                  () ->
                      intake.take(
                          request(MEGABYTE / 2),
                          bytes -> {
                            throw new IllegalStateException("broken");
                          })))
          .isNotNull();
      assertThat(
              catchThrowableOfType(
                  Refusal.class, () -> intake.take(request(AppPackage.MOST_BYTES + 1), bytes -> 0)))
          .hasMessageContaining("more than 16777216 bytes");
    }
    assertThat(intake.<Integer>take(request(MEGABYTE / 2), bytes -> bytes.length))
        .isEqualTo(MEGABYTE / 2);
  }

  @Test
  void a_body_without_a_length_has_the_room_of_the_largest() {
    PackageIntake large = new PackageIntake(40 * MEGABYTE, Duration.ZERO, LONG);
    byte[] bytes = new byte[100];
    assertThat(large.<Integer>take(request(Headers.none(), bytes), taken -> taken.length))
        .isEqualTo(100);
    PackageIntake small = new PackageIntake(20 * MEGABYTE, Duration.ZERO, LONG);
    assertThat(
            catchThrowableOfType(
                Refusal.class, () -> small.take(request(Headers.none(), bytes), taken -> 0)))
        .isNotNull();
  }

  /** A request within a batch brings its own headers, which may say anything. */
  @Test
  void a_length_that_is_not_that_of_the_body_takes_no_more_than_it_says() {
    PackageIntake intake = new PackageIntake(40 * MEGABYTE, Duration.ZERO, LONG);
    List<String> refused = new ArrayList<>();
    for (String length : List.of("50", "-1", "x", "99999999999999999999", "")) {
      Request request = request(Headers.of("Content-Length", length), new byte[100]);
      try {
        assertThat(intake.<Integer>take(request, bytes -> bytes.length)).isEqualTo(100);
      } catch (Refusal refusal) {
        refused.add(length);
      }
    }
    assertThat(refused).containsExactly("50");
    assertThat(
            intake.<Integer>take(
                request(Headers.of("Content-Length", "1000"), new byte[100]),
                bytes -> bytes.length))
        .isEqualTo(100);
  }

  /** Four packages that came in by a byte a minute kept everybody else's out for days. */
  @Test
  void a_package_that_does_not_arrive_gives_its_room_back() {
    PackageIntake intake = new PackageIntake(MEGABYTE, Duration.ZERO, Duration.ZERO);
    for (int i = 0; i < 10; i++) {
      assertThat(
              catchThrowableOfType(
                  Refusal.class, () -> intake.take(request(MEGABYTE / 4), bytes -> 0)))
          .hasMessageContaining("seconds to arrive");
    }
  }

  @Test
  void bodies_come_in_whole_whatever_their_length() {
    PackageIntake intake = new PackageIntake(40 * MEGABYTE, Duration.ZERO, LONG);
    for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 200_000, AppPackage.MOST_BYTES}) {
      byte[] sent = new byte[length];
      if (length > 0) {
        sent[length - 1] = 1;
      }
      for (Headers headers :
          List.of(Headers.none(), Headers.of("Content-Length", Integer.toString(length)))) {
        byte[] taken = intake.take(request(headers, sent), bytes -> bytes);
        assertThat(java.util.Arrays.equals(taken, sent)).isTrue();
      }
    }
    assertThat(
            catchThrowableOfType(
                Refusal.class,
                () ->
                    intake.take(
                        request(Headers.none(), new byte[AppPackage.MOST_BYTES + 1]), bytes -> 0)))
        .hasMessageContaining("more than 16777216 bytes");
  }

  private static Request request(int length) {
    return request(Headers.of("Content-Length", Integer.toString(length)), new byte[length]);
  }

  private static Request request(int length, InputStream body) {
    return request(Headers.of("Content-Length", Integer.toString(length)), body);
  }

  private static Request request(Headers headers, byte[] body) {
    return request(headers, new ByteArrayInputStream(body));
  }

  private static Request request(Headers headers, InputStream body) {
    return new Request(
        "POST",
        "/v1.0/appCatalogs/teamsApps",
        "",
        headers,
        "https",
        "graph.example",
        "127.0.0.1",
        body);
  }

  /** A body that notes whether it was asked for. */
  private static final class Unread extends InputStream {
    private boolean asked;

    @Override
    public int read() {
      asked = true;
      return -1;
    }
  }
}
