package dev.fettle.db.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Unpacks a tar stream of our own making: files, folders and links, short and long names. */
final class TarReader {
  private static final int BLOCK = 512;

  private TarReader() {}

  static void extract(InputStream tar, Path target) throws IOException {
    DataInputStream in = new DataInputStream(tar);
    byte[] header = new byte[BLOCK];
    String longName = "";
    while (true) {
      in.readFully(header);
      if (header[0] == 0) {
        return;
      }
      long size = Long.parseLong(text(header, 124, 12), 8);
      String prefix = text(header, 345, 155);
      String name = prefix.isEmpty() ? text(header, 0, 100) : prefix + "/" + text(header, 0, 100);
      if (!longName.isEmpty()) {
        name = longName;
        longName = "";
      }
      Path path = target.resolve(name).normalize();
      if (!path.startsWith(target)) {
        throw new IOException("the archive leaves its folder: " + name);
      }
      switch (header[156]) {
        case 'L' -> longName = new String(in.readNBytes((int) size), UTF_8).replace("\0", "");
        case '5' -> Files.createDirectories(path);
        case '2' -> Files.createSymbolicLink(path, Path.of(text(header, 157, 100)));
        case '1' -> Files.createLink(path, target.resolve(text(header, 157, 100)).normalize());
        case '0', 0 -> {
          Files.createDirectories(path.getParent());
          copy(in, size, path);
          boolean executable = (Long.parseLong(text(header, 100, 8), 8) & 0100) != 0;
          if (executable && !path.toFile().setExecutable(true, false)) {
            throw new IOException("cannot make executable: " + path);
          }
        }
        default -> in.skipNBytes(size);
      }
      boolean hasContent = header[156] != '5' && header[156] != '2' && header[156] != '1';
      if (hasContent) {
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
      }
    }
  }

  private static void copy(InputStream in, long size, Path file) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = size;
    try (OutputStream out = Files.newOutputStream(file)) {
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new EOFException("the archive ends in the middle of " + file);
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, UTF_8).strip();
  }
}
