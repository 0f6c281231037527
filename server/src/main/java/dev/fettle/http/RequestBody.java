package dev.fettle.http;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, unzipped, to be read once by one thread at a time. Whatever goes wrong
 * below, be it a chunk that is none, a peer that is gone or zipped bytes that are broken, is a
 * {@link Refusal}: with {@link Reason.Invalid} if it is the caller's doing, with {@link
 * Reason.Unavailable} if the server has no room. The connection is then of no further use, since
 * nobody knows where the next request begins.
 */
public final class RequestBody extends InputStream {
  private static final int BUFFER = 8192;
  private static final int FIRST_PIECE = 2048;
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private final InputStream source;
  private final boolean zipped;
  private final BodyMemory memory;
  private @Nullable InputStream opened;
  private boolean broken;
  private long held;

  RequestBody(InputStream source, boolean zipped, BodyMemory memory) {
    this.source = source;
    this.zipped = zipped;
    this.memory = memory;
  }

  /** A body of bytes at hand. */
  public static RequestBody of(byte[] bytes) {
    return new RequestBody(
        new ByteArrayInputStream(bytes), false, new BodyMemory(Long.MAX_VALUE / 2));
  }

  /** True once reading failed. */
  boolean isBroken() {
    return broken;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    if (broken) {
      throw unreadable("it broke off");
    }
    try {
      return opened().read(bytes, offset, length);
    } catch (IOException e) {
      broken = true;
      throw unreadable(e.getMessage());
    } catch (RuntimeException e) {
      broken = true;
      throw e;
    }
  }

  /**
   * All of it, held in memory until the request is answered.
   *
   * @param declared the {@code Content-Length}, by which too much is refused before it comes
   * @throws Refusal with {@link Reason.TooLarge} past {@code limit} bytes, with {@link
   *     Reason.Unavailable} if the bodies of all requests have no room for it
   */
  byte[] all(int limit, @Nullable String declared) {
    if (declared != null
        && DIGITS.matcher(declared).matches()
        && Long.parseLong(declared) > limit) {
      throw tooLarge(limit);
    }
    byte[] bytes = new byte[Math.min(limit, FIRST_PIECE - 1) + 1];
    hold(bytes.length);
    int length = 0;
    int count = read(bytes, 0, bytes.length);
    while (count >= 0) {
      length += count;
      if (length > limit) {
        throw tooLarge(limit);
      }
      if (length == bytes.length) {
        int larger = (int) Math.min(limit + 1L, 2L * length);
        hold(larger - length);
        bytes = Arrays.copyOf(bytes, larger);
      }
      count = read(bytes, length, bytes.length - length);
    }
    return Arrays.copyOf(bytes, length);
  }

  private static Refusal tooLarge(int limit) {
    return new Refusal(
        new Reason.TooLarge("The request body is larger than the limit of " + limit + " bytes."));
  }

  private void hold(int bytes) {
    if (!memory.take(bytes)) {
      throw BodyMemory.full();
    }
    held += bytes;
  }

  /** Gives the room for {@link #all} back. */
  void release() {
    memory.give(held);
    held = 0;
  }

  static Refusal unreadable(@Nullable String why) {
    return Refusal.invalid(
        null,
        "The request body could not be read"
            + (why == null || why.isBlank() ? "." : ": " + why + "."));
  }

  /** Opened when the first byte is asked for, since unzipping begins with reading. */
  private InputStream opened() throws IOException {
    InputStream stream = opened;
    if (stream == null) {
      stream = zipped ? new GZIPInputStream(source, BUFFER) : source;
      opened = stream;
    }
    return stream;
  }
}
