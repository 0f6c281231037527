package dev.fettle.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * The body of one answer on its way to the peer, written by the thread of the request. One piece is
 * under way while the next is made, so that the peer's pace is the writer's.
 */
final class ResponseStream extends OutputStream {
  /** The bytes that are written at once, and the time that a peer is waited for. */
  static final int PIECE = 64 * 1024;

  private final Channel channel;
  private final Duration patience;
  private long left;
  private ChannelFuture underWay;

  /**
   * A body behind a head that is written already and goes out with the first piece.
   *
   * @param length bytes that the head announced
   * @param patience how long the peer may take for one piece of 64 KiB
   */
  ResponseStream(Channel channel, long length, Duration patience) {
    this.channel = channel;
    this.underWay = channel.newSucceededFuture();
    this.left = length;
    this.patience = patience;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > left) {
      throw new IOException("the answer is longer than it was announced to be");
    }
    for (int at = 0; at < length; at += PIECE) {
      int count = Math.min(PIECE, length - at);
      await();
      underWay =
          channel.writeAndFlush(
              new DefaultHttpContent(Unpooled.copiedBuffer(bytes, offset + at, count)));
    }
    left -= length;
  }

  /** Says that this is all. */
  ChannelFuture end() throws IOException {
    if (left != 0) {
      throw new IOException("the answer is shorter than it was announced to be");
    }
    await();
    return channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private void await() throws IOException {
    if (!underWay.awaitUninterruptibly(patience.toMillis())) {
      throw new IOException("the peer does not take its answer");
    }
    if (!underWay.isSuccess()) {
      throw new IOException("the peer closed the connection", underWay.cause());
    }
  }
}
