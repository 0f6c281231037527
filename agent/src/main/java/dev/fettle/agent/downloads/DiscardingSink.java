package dev.fettle.agent.downloads;

import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Counts and hashes what it is given, and keeps nothing. */
final class DiscardingSink implements DownloadSink {
  private final MessageDigest digest;
  private long held;
  private @Nullable String tag;

  DiscardingSink(FileHash hash) {
    this.digest = hash.start();
  }

  @Override
  public long held() {
    return held;
  }

  @Override
  public void write(byte[] bytes, int count) {
    digest.update(bytes, 0, count);
    held += count;
  }

  @Override
  public void reset() {
    digest.reset();
    held = 0;
    tag = null;
  }

  @Override
  public MessageDigest digest() {
    return digest;
  }

  @Override
  public @Nullable String tag() {
    return tag;
  }

  @Override
  public void tag(@Nullable String tag) {
    this.tag = tag;
  }
}
