package dev.fettle.updates;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.base.Rights;
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
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
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
public final class DirectoryContentStore implements ContentStore {

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
  public DirectoryContentStore(Path root, Ids ids) {
    this(
        root,
        ids,
        file -> FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  DirectoryContentStore(Path root, Ids ids, Opener opener) {
    this.root = root;
    this.incoming = root.resolve("incoming");
    this.ids = ids;
    this.opener = opener;
    this.partial = new PartialFiles(incoming);
    try {
      Files.createDirectories(incoming, Rights.privateFolder());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The directory for files, " + root + ", cannot be made: " + e.getMessage(), e);
    }
  }

  @Override
  public Content put(InputStream in, long limit, long announced) {
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
        throw new Refusal(
            Reason.invalid(
                null,
                "The body ended after "
                    + content.size()
                    + " of "
                    + announced
                    + " announced bytes. Nothing was stored; send it again."));
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

  @Override
  public UploadProgress putRange(String upload, ContentRange piece, InputStream in, long limit) {
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
    Digests hashes = new Digests();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        hashes.update(buffer, count);
      }
    }
    Content content = hashes.content();
    keep(file, content.sha256());
    return new UploadProgress(content.size(), content);
  }

  private Content receive(InputStream in, long limit, Path file) throws IOException {
    Digests hashes = new Digests();
    try (FileChannel out = opener.open(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        hashes.update(buffer, count);
        if (hashes.size > limit) {
          throw tooLarge(limit);
        }
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
    return hashes.content();
  }

  private void keep(Path file, String sha256) throws IOException {
    Path place = place(sha256);
    Files.createDirectories(folder(sha256));
    Files.move(file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(folder(sha256));
  }

  @Override
  public InputStream open(String sha256, long offset) throws IOException {
    FileChannel channel = FileChannel.open(place(sha256), StandardOpenOption.READ);
    try {
      channel.position(offset);
      InputStream stream = Channels.newInputStream(channel);
      return stream;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public int sweep(Instant storedBefore, Predicate<String> inUse) {
    int removed = 0;
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        removed += sweep(folder, storedBefore, inUse);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return removed;
  }

  private int sweep(Path folder, Instant storedBefore, Predicate<String> inUse) throws IOException {
    int removed = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        FileTime changed = Files.getLastModifiedTime(file);
        boolean leftover = folder.equals(incoming);
        if (changed.toInstant().isBefore(storedBefore)
            && (leftover || !inUse.test(String.valueOf(file.getFileName())))) {
          Files.deleteIfExists(file);
          removed++;
        }
      }
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
            : e.getMessage();
    return words != null
        && (words.toLowerCase(Locale.ROOT).contains("no space left")
            || words.toLowerCase(Locale.ROOT).contains("quota exceeded"));
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

  /** The hashes of bytes that go by. */
  private static final class Digests {
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest sha1 = digest("SHA-1");
    private final MessageDigest md5 = digest("MD5");
    private long size;

    void update(byte[] bytes, int count) {
      size += count;
      sha256.update(bytes, 0, count);
      sha1.update(bytes, 0, count);
      md5.update(bytes, 0, count);
    }

    Content content() {
      return new Content(hex(sha256), hex(sha1), hex(md5), size);
    }

    private static MessageDigest digest(String algorithm) {
      try {
        return MessageDigest.getInstance(algorithm);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java runtime has " + algorithm, e);
      }
    }

    private static String hex(MessageDigest digest) {
      return HexFormat.of().formatHex(digest.digest());
    }
  }
}
