package dev.fettle.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Reads the lines that were added to a file since it was last asked. */
final class LineFollower {
  private final Path file;
  private long read;

  LineFollower(Path file) {
    this.file = file;
  }

  /** Whether something was added. */
  boolean hasMore() throws IOException {
    return Files.exists(file) && Files.size(file) > read;
  }

  /** The new lines, at most so many of the last ones. */
  List<String> next(int most) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      List<String> lines = Tail.lines(channel, Math.max(read, size - Tail.MOST_BYTES), most);
      read = size;
      return lines;
    }
  }
}
