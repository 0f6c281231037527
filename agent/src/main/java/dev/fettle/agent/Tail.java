package dev.fettle.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The last lines of a file, whatever its size. */
final class Tail {
  static final int MOST_BYTES = 64 * 1024;

  private Tail() {}

  static List<String> of(Path file, int most) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return lines(channel, Math.max(0, channel.size() - MOST_BYTES), most);
    }
  }

  /** The lines from a position on, at most so many of the last ones. */
  static List<String> lines(FileChannel channel, long from, int most) throws IOException {
    int length = (int) Math.min(MOST_BYTES, Math.max(0, channel.size() - from));
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
      // Read on: one call need not fill the buffer.
    }
    List<String> lines =
        new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.replaceAll("\\p{Cntrl}", " ").stripTrailing())
            .filter(line -> !line.isEmpty())
            .toList();
    return lines.subList(Math.max(0, lines.size() - most), lines.size());
  }
}
