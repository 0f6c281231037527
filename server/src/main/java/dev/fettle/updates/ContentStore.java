package dev.fettle.updates;

import dev.fettle.base.FilePermissions;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Contents as files of a directory: {@code ab/abcd…} by SHA-256, and beside them {@code incoming}
 * with what is still on its way, {@link PartialFiles} among it. A file gets its place by an atomic
 * move after it has been forced to the disk, so a crash leaves whole files and leftovers in {@code
 * incoming}, which the sweep removes. The same content stored twice is one file; its time of change
 * is that of the last storing.
 */
public final class ContentStore {

  private static final int BUFFER = 64 * 1024;

  private final Path root;
  private final Path incoming;
  private final Ids ids;
  private final Opener opener;
  private final PartialFiles partial;

  /** Opens the file that takes what comes in; tests put a full disk here. */
  @FunctionalInterface
  interface Opener {
    FileChannel open(Path file) throws IOException;
  }

  /** A store in a directory, which is made if it is not there. */
  public ContentStore(Path root, Ids ids) {
    this(
        root,
        ids,
        file -> FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  ContentStore(Path root, Ids ids, Opener opener) {
    this.root = root;
    this.incoming = root.resolve("incoming");
    this.ids = ids;
    this.opener = opener;
    this.partial = new PartialFiles(incoming);
    try {
      Files.createDirectories(incoming, FilePermissions.privateFolder());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The directory for files, " + root + ", cannot be made: " + e.getMessage(), e);
    }
  }

  /**
   * Stores what comes and hashes it on the way.
   *
   * @param limit the most bytes that are taken
   * @param announced the number of bytes that were announced, or -1
   * @throws Refusal with {@link Reason.TooLarge} past the limit, {@link Reason.InsufficientStorage}
   *     when the disk is full, {@link Reason.Invalid} if fewer bytes came than were announced
   */
  Content put(InputStream in, long limit, long announced) {
    if (announced > limit) {
      throw tooLarge(limit);
    }
    Path file = incoming.resolve(ids.guid());
    try {
      if (announced > Files.getFileStore(incoming).getUsableSpace()) {
        throw full();
      }
      Content content = receive(in, limit, file);
      if (announced >= 0 && content.size() != announced) {
        throw Refusal.invalid(
            null,
            "The body ended after "
                + content.size()
                + " of "
                + announced
                + " announced bytes. Nothing was stored; send it again.");
      }
      keep(file, content.sha256());
      return content;
    } catch (IOException e) {
      if (isFull(e)) {
        throw full();
      }
      throw new UncheckedIOException(e);
    } finally {
      remove(file);
    }
  }

  /**
   * Stores a piece of a file that is sent in pieces, or answers how far the file has come. Received
   * bytes stay until the file is whole or removed as unused, also if a piece breaks off or the
   * server is killed.
   *
   * @param upload 64 hex digits that name the file on its way
   * @param limit the most bytes that the whole file may have
   * @throws Refusal with {@link Reason.TooLarge} past the limit, {@link Reason.InsufficientStorage}
   *     when the disk is full, {@link Reason.RangeNotSatisfiable} if bytes before the piece are
   *     missing, {@link Reason.Conflict} while another piece of the file is coming in
   */
  UploadProgress putRange(String upload, ContentRange piece, InputStream in, long limit) {
    if (piece.total() > limit) {
      throw tooLarge(limit);
    }
    try {
      long before = partial.received(upload);
      if (piece.isQuery() && before < piece.total()) {
        return new UploadProgress(before, null);
      }
      if (piece.total() - before > Files.getFileStore(incoming).getUsableSpace()) {
        throw full();
      }
      return partial.take(upload, piece, in, this::whole);
    } catch (IOException e) {
      if (isFull(e)) {
        throw full();
      }
      throw new UncheckedIOException(e);
    }
  }

  private UploadProgress whole(Path file) throws IOException {
    Digests digests = new Digests();
    try (InputStream in = Files.newInputStream(file)) {
      digests.read(in, Long.MAX_VALUE, bytes -> {});
    }
    Content content = digests.content();
    keep(file, content.sha256());
    return new UploadProgress(content.size(), content);
  }

  private Content receive(InputStream in, long limit, Path file) throws IOException {
    Digests digests = new Digests();
    try (FileChannel out = opener.open(file)) {
      digests.read(
          in,
          limit,
          bytes -> {
            while (bytes.hasRemaining()) {
              out.write(bytes);
            }
          });
      out.force(true);
    }
    return digests.content();
  }

  private void keep(Path file, String sha256) throws IOException {
    Path place = place(sha256);
    Files.createDirectories(folder(sha256));
    Files.move(file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(folder(sha256));
  }

  /**
   * The bytes from an offset to the end; the caller closes the stream.
   *
   * @throws IOException if there is no such content, or it cannot be read
   */
  public InputStream open(String sha256, long offset) throws IOException {
    return Channels.newInputStream(
        FileChannel.open(place(sha256), StandardOpenOption.READ).position(offset));
  }

  /** Removes contents that were stored before a time and are not in use; answers their number. */
  int removeUnused(Instant storedBefore, Predicate<String> inUse) {
    int removed = 0;
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.toList()) {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(storedBefore)
                && (folder.equals(incoming) || !inUse.test(String.valueOf(file.getFileName())))) {
              Files.deleteIfExists(file);
              removed++;
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return removed;
  }

  private Path folder(String sha256) {
    return root.resolve(sha256.substring(0, 2));
  }

  private Path place(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256 in hex");
    }
    return folder(sha256).resolve(sha256);
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The sweep finds it again; the answer to the caller is more important.
      return;
    }
  }

  private static boolean isFull(IOException e) {
    String words =
        e instanceof FileSystemException failure && failure.getReason() != null
            ? failure.getReason()
            : String.valueOf(e.getMessage());
    return words.toLowerCase(Locale.ROOT).matches("(?s).*(no space left|quota exceeded).*");
  }

  private static Refusal full() {
    return new Refusal(
        new Reason.InsufficientStorage(
            "The server's disk has no room for the file. Nothing was stored."));
  }

  private static Refusal tooLarge(long limit) {
    return new Refusal(
        new Reason.TooLarge("The file is larger than the limit of " + limit + " bytes."));
  }

  /** Takes bytes that were hashed. */
  @FunctionalInterface
  private interface Sink {
    void accept(ByteBuffer bytes) throws IOException;
  }

  /** The digests and the number of bytes that were read. */
  private static final class Digests {
    private final List<MessageDigest> all =
        Stream.of("SHA-256", "SHA-1", "MD5").map(Digests::of).toList();
    private long size;

    void read(InputStream in, long limit, Sink sink) throws IOException {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        size += count;
        if (size > limit) {
          throw tooLarge(limit);
        }
        for (MessageDigest digest : all) {
          digest.update(buffer, 0, count);
        }
        sink.accept(ByteBuffer.wrap(buffer, 0, count));
      }
    }

    Content content() {
      List<String> hex =
          all.stream().map(digest -> HexFormat.of().formatHex(digest.digest())).toList();
      return new Content(hex.get(0), hex.get(1), hex.get(2), size);
    }

    private static MessageDigest of(String algorithm) {
      try {
        return MessageDigest.getInstance(algorithm);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java runtime has " + algorithm, e);
      }
    }
  }
}
