package dev.fettle.agent.downloads;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A file that grows, and goes on growing after a restart of the program: the tag of its version
 * lies in a second file beside it.
 */
public final class FileSink implements DownloadSink, AutoCloseable {
  private final Path tagFile;
  private final Path file;
  private final FileHash hash;
  private final FileChannel channel;
  private long held;

  /** Opens the file, with what an earlier run left in it. */
  public FileSink(Path file, Artifact artifact) throws IOException {
    this.file = file;
    this.tagFile = file.resolveSibling(file.getFileName() + ".tag");
    this.hash = FileHash.of(artifact);
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    this.held = channel.size();
    channel.position(held);
  }

  @Override
  public long held() {
    return held;
  }

  @Override
  public void write(byte[] bytes, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    held += count;
  }

  @Override
  public void reset() throws IOException {
    channel.truncate(0);
    held = 0;
    tag(null);
  }

  @Override
  public MessageDigest digest() throws IOException {
    channel.force(true);
    MessageDigest digest = hash.start();
    byte[] buffer = new byte[65536];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return digest;
  }

  @Override
  public @Nullable String tag() throws IOException {
    return Files.exists(tagFile) ? Files.readString(tagFile) : null;
  }

  @Override
  public void tag(@Nullable String tag) throws IOException {
    if (tag == null) {
      Files.deleteIfExists(tagFile);
    } else {
      Files.writeString(tagFile, tag);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
