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
  private static final int UNIT = 64 << 10;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final Semaphore room;
  private final Semaphore checks = new Semaphore(CHECKED_TOGETHER, true);
  private final Duration longestWait;

  PackageIntake() {
    this(ROOM, LONGEST_WAIT);
  }

  /**
   * @param bytes the room for all packages under way
   * @param longestWait how long one waits for its share
   */
  PackageIntake(int bytes, Duration longestWait) {
    this.room = new Semaphore(bytes / UNIT, true);
    this.longestWait = longestWait;
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

  private static byte[] read(Request request, long declared) {
    try {
      if (declared < 0) {
        byte[] bytes = request.body().readNBytes(AppPackage.MOST_BYTES + 1);
        if (bytes.length > AppPackage.MOST_BYTES) {
          throw AppPackage.tooLarge();
        }
        return bytes;
      }
      byte[] bytes = new byte[(int) declared];
      int length = request.body().readNBytes(bytes, 0, bytes.length);
      if (length == bytes.length && request.body().read() >= 0) {
        throw new Refusal(
            Reason.invalid(null, "The body is longer than its Content-Length of " + length + "."));
      }
      return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The length that the request names, or -1. */
  private static long declared(Request request) {
    String length = request.header("Content-Length");
    return length != null && NUMBER.matcher(length).matches() ? Long.parseLong(length) : -1;
  }
}
