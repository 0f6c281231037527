package dev.fettle.http;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request while it comes in. Whatever goes wrong below, be it a chunk that is none,
 * a peer that is gone or zipped bytes that are broken, is the caller's doing: a {@link Refusal}
 * with {@link Reason.Invalid}. The connection is then of no further use, since nobody knows where
 * the next request begins.
 *
 * <p>It is opened when the first byte is asked for, since that is when a client that waits for
 * {@code 100 Continue} is told to go on.
 */
final class BodyStream extends InputStream {
  private static final int BUFFER = 8192;

  private final Supplier<InputStream> source;
  private final boolean zipped;
  private final Patience patience;
  private @Nullable InputStream opened;
  private boolean broken;

  BodyStream(Supplier<InputStream> source, boolean zipped, Patience patience) {
    this.source = source;
    this.zipped = zipped;
    this.patience = patience;
  }

  /** Whether reading failed. */
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
    patience.begin();
    try {
      return opened().read(bytes, offset, length);
    } catch (IOException | RuntimeException e) {
      broken = true;
      throw unreadable(e.getMessage());
    } finally {
      patience.end();
    }
  }

  private static Refusal unreadable(@Nullable String why) {
    return new Refusal(
        Reason.invalid(
            null,
            "The request body could not be read"
                + (why == null || why.isBlank() ? "." : ": " + why + ".")));
  }

  private InputStream opened() throws IOException {
    InputStream stream = opened;
    if (stream == null) {
      stream = zipped ? new GZIPInputStream(source.get(), BUFFER) : source.get();
      opened = stream;
    }
    return stream;
  }

  /** Reads and forgets what is left, up to so many bytes. */
  void discard(int most) {
    byte[] buffer = new byte[BUFFER];
    try {
      int count = 0;
      for (int left = most; left > 0 && count >= 0; left -= count) {
        count = read(buffer, 0, Math.min(buffer.length, left));
      }
    } catch (Refusal e) {
      // The answer is sent and the connection is about to be closed: there is nobody to tell.
      return;
    }
  }
}
