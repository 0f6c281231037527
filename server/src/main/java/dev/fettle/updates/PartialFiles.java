package dev.fettle.updates;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Files that come in pieces, each a file of its own that grows at its end. Its length is all there
 * is to know of how far it has come, so a server that was killed goes on where it stood, and what
 * came of a piece that broke counts too.
 *
 * <p>One piece of a file is taken at a time, also between servers that share the directory: the
 * file is locked meanwhile, and until it has been hashed and put in its place. A client that gave
 * up waiting for that and sends its last piece again must not write into it.
 */
final class PartialFiles {
  private static final int BUFFER = 64 * 1024;

  private final Path folder;
  private final Set<String> atWork = ConcurrentHashMap.newKeySet();

  /** The work on a file that is whole. */
  @FunctionalInterface
  interface Completion {
    UploadProgress whole(Path file) throws IOException;
  }

  PartialFiles(Path folder) {
    this.folder = folder;
  }

  /** The file of an upload, whether it is there or not. */
  Path file(String upload) {
    if (!upload.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("an upload goes by a hash in hex");
    }
    return folder.resolve(upload + ".part");
  }

  /** The number of bytes of an upload that are there. */
  long received(String upload) throws IOException {
    Path file = file(upload);
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /**
   * Takes a piece: what was there from its beginning on is written anew. When the file is whole, it
   * is handed over before anybody else can touch it.
   *
   * @throws Refusal with {@link Reason.RangeNotSatisfiable} if bytes before the piece are missing,
   *     {@link Reason.Conflict} while another piece is coming in or the file is being finished
   */
  UploadProgress take(String upload, ContentRange piece, InputStream in, Completion completion)
      throws IOException {
    // Not the file's lock alone: closing a second channel would give up the lock of the first.
    if (!atWork.add(upload)) {
      throw busy();
    }
    Path file = file(upload);
    try (FileChannel out = open(file)) {
      Object opened = key(file);
      try (FileLock lock = lock(out)) {
        if (lock == null || opened == null || !opened.equals(key(file))) {
          // Another server has it, or has just finished it: this channel would write to its place.
          throw busy();
        }
        long there = piece.isQuery() ? out.size() : write(piece, in, out);
        return there < piece.total() ? new UploadProgress(there, null) : completion.whole(file);
      }
    } finally {
      atWork.remove(upload);
    }
  }

  private static long write(ContentRange piece, InputStream in, FileChannel out)
      throws IOException {
    long there = out.size();
    if (piece.first() > there) {
      throw new Refusal(
          new Reason.RangeNotSatisfiable(
              there,
              "Of this file "
                  + there
                  + " bytes have arrived; the next piece begins with byte "
                  + there
                  + " or before."));
    }
    out.truncate(piece.first());
    out.position(piece.first());
    try {
      copy(in, out, piece.length());
      if (in.read() >= 0) {
        out.truncate(piece.first());
        throw Refusal.invalid(
            "Content-Range", "The body is longer than the piece that 'Content-Range' names.");
      }
    } finally {
      out.force(true);
    }
    return out.size();
  }

  private static FileChannel open(Path file) throws IOException {
    try {
      return Files.exists(file)
          ? FileChannel.open(file, StandardOpenOption.WRITE)
          : FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      throw busy();
    }
  }

  /** The key that tells one file from the next of the same name; null if there is none. */
  private static @Nullable Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another thread of this server has it; another server's lock is answered with null.
      return null;
    }
  }

  private static void copy(InputStream in, FileChannel out, long length) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long left = length;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        return;
      }
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      left -= count;
    }
  }

  private static Refusal busy() {
    return Refusal.conflict("Another piece of this file is coming in.");
  }
}
