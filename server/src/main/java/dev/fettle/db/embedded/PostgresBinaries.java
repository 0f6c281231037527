package dev.fettle.db.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs that travel on the class path, unpacked once into a folder by version.
 */
final class PostgresBinaries {
  static final String VERSION = "18.6.0";
  static final String MAJOR = "18";

  private PostgresBinaries() {}

  /** Makes sure that the programs are there; answers the folder that has {@code bin} in it. */
  static Path unpack(Path folder) {
    if (Files.isExecutable(unpackedIn(folder).resolve("bin/postgres"))) {
      return unpackedIn(folder);
    }
    return unpack(folder, Commands.run(List.of("xz", "--version")).ok());
  }

  private static Path unpackedIn(Path folder) {
    return folder.resolve("postgresql-" + VERSION);
  }

  /**
   * Unpacks with the machine's tar.
   *
   * @param withXz whether the machine's xz decompresses, in another process and two thirds of the
   *     time; slim containers lack it
   */
  static Path unpack(Path folder, boolean withXz) {
    Path unpacked = unpackedIn(folder);
    Path fresh = folder.resolve(unpacked.getFileName() + ".new-" + ProcessHandle.current().pid());
    try {
      Files.createDirectories(fresh);
      extract(fresh, withXz);
      moveInto(fresh, unpacked);
    } catch (IOException e) {
      throw new EmbeddedPostgresFailure(
          "The embedded PostgreSQL cannot be unpacked into %s: %s.".formatted(folder, e), e);
    } finally {
      deleteTree(fresh);
    }
    return unpacked;
  }

  private static void moveInto(Path fresh, Path unpacked) throws IOException {
    try {
      Files.move(fresh, unpacked, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(fresh, unpacked);
    } catch (FileSystemException e) {
      // Another process unpacked the same version in the meantime: just as good.
      if (!Files.isExecutable(unpacked.resolve("bin/postgres"))) {
        throw e;
      }
    }
  }

  private static void extract(Path target, boolean withXz) throws IOException {
    try (InputStream archive = withXz ? archive() : new XZInputStream(archive())) {
      Process tar =
          new ProcessBuilder("tar", withXz ? "-xJf" : "-xf", "-", "-C", target.toString())
              .redirectErrorStream(true)
              .start();
      try (OutputStream stdin = tar.getOutputStream()) {
        archive.transferTo(stdin);
      }
      String output = new String(tar.getInputStream().readAllBytes(), UTF_8).strip();
      int exit = tar.waitFor();
      if (exit != 0) {
        throw new IOException("tar ended with " + exit + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static InputStream archive() {
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String name =
        switch (machine) {
          case "amd64", "x86_64" -> "/postgres-linux-x86_64.txz";
          case "aarch64", "arm64" -> "/postgres-linux-arm_64.txz";
          default -> "/postgres-linux-" + machine + ".txz";
        };
    boolean linux = System.getProperty("os.name").equals("Linux");
    InputStream archive = linux ? PostgresBinaries.class.getResourceAsStream(name) : null;
    if (archive == null) {
      throw new EmbeddedPostgresFailure(
          "There is no embedded PostgreSQL for %s on %s."
              .formatted(System.getProperty("os.name"), machine));
    }
    return archive;
  }

  static void deleteTree(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + root, e);
    }
  }
}
