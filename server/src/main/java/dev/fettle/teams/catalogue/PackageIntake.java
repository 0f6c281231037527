package dev.fettle.teams.catalogue;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.http.Request;
import dev.fettle.teams.packages.AppPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Takes packages in, so many at a time that the memory they need is bounded. A package is held in
 * memory as a whole, since its directory is at its end; the room for all of them is shared out by
 * size and in order, so that small ones hardly wait and none is passed over for ever. Who has
 * waited too long is told so before a byte of its package is read. To unpack and check one takes
 * more memory, but no waiting for a network, so only a few are looked at together. Safe for
 * concurrent use.
 */
final class PackageIntake {

  /** The room for packages under way: four of the largest, or hundreds of usual ones. */
  private static final int ROOM = 128 << 20;

  private static final int CHECKED_TOGETHER = 2;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** A peer that sends a byte a minute must not keep the others out. */
  private static final Duration LONGEST_ARRIVAL = Duration.ofMinutes(2);

  private static final int UNIT = 64 << 10;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final Semaphore room;
  private final Semaphore checks = new Semaphore(CHECKED_TOGETHER, true);
  private final Duration longestWait;
  private final Duration longestArrival;

  PackageIntake() {
    this(ROOM, LONGEST_WAIT, LONGEST_ARRIVAL);
  }

  /**
   * @param bytes the room for all packages under way
   * @param longestWait how long one waits for its share
   * @param longestArrival how long one may keep its share while it comes in
   */
  PackageIntake(int bytes, Duration longestWait, Duration longestArrival) {
    this.room = new Semaphore(bytes / UNIT, true);
    this.longestWait = longestWait;
    this.longestArrival = longestArrival;
  }

  /**
   * Reads the package of a request and works on it.
   *
   * @throws Refusal with {@link Reason.Unavailable} if there is no room for it in time
   */
  <T> T take(Request request, Function<byte[], T> work) {
    long declared = declared(request);
    if (declared > AppPackage.MOST_BYTES) {
      throw AppPackage.tooLarge();
    }
    int most = declared < 0 ? AppPackage.MOST_BYTES : (int) declared;
    // Twice its size: reading what has no declared length makes a copy, and so do drivers.
    int share = 2 * most / UNIT + 1;
    return holding(room, share, () -> work.apply(read(request, declared)));
  }

  /** Opens and checks a package that was taken in. */
  AppPackage open(byte[] archive) {
    return holding(checks, 1, () -> AppPackage.open(archive));
  }

  private <T> T holding(Semaphore semaphore, int share, Supplier<T> work) {
    if (!acquired(semaphore, share)) {
      throw new Refusal(
          new Reason.Unavailable(
              longestWait, "The server is busy with other app packages. Try again in a moment."));
    }
    try {
      return work.get();
    } finally {
      semaphore.release(share);
    }
  }

  private boolean acquired(Semaphore semaphore, int share) {
    try {
      return semaphore.tryAcquire(share, longestWait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private byte[] read(Request request, long declared) {
    long began = System.nanoTime();
    int most = declared < 0 ? AppPackage.MOST_BYTES : (int) declared;
    byte[] bytes = new byte[declared < 0 ? UNIT : most];
    int length = 0;
    try {
      int count = 0;
      while (count >= 0) {
        length += count;
        if (length == most) {
          return ended(request, bytes, declared);
        }
        if (System.nanoTime() - began > longestArrival.toNanos()) {
          throw new Refusal(
              Reason.invalid(
                  null,
                  "The package took more than %d seconds to arrive."
                      .formatted(longestArrival.toSeconds())));
        }
        if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, Math.min(2 * length, most));
        }
        count = request.body().read(bytes, length, Math.min(UNIT, bytes.length - length));
      }
      return Arrays.copyOf(bytes, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of a body that has come in as far as it may, if nothing follows. */
  private static byte[] ended(Request request, byte[] bytes, long declared) throws IOException {
    if (request.body().read() < 0) {
      return bytes;
    }
    throw declared < 0
        ? AppPackage.tooLarge()
        : new Refusal(
            Reason.invalid(
                null, "The body is longer than its Content-Length of %d.".formatted(declared)));
  }

  /** The length that the request names, or -1. */
  private static long declared(Request request) {
    String length = request.header("Content-Length");
    return length != null && NUMBER.matcher(length).matches() ? Long.parseLong(length) : -1;
  }
}
