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

  private interface Extraction {
    void into(Path target) throws IOException;
  }

  /** Makes sure that the programs are there; answers the folder that has {@code bin} in it. */
  static Path unpack(Path folder) {
    if (Files.isExecutable(unpackedIn(folder).resolve("bin/postgres"))) {
      return unpackedIn(folder);
    }
    // The machine's own tar and xz take a third of the time, and slim containers lack them.
    boolean tools =
        Commands.run(List.of("tar", "--version")).ok()
            && Commands.run(List.of("xz", "--version")).ok();
    return unpack(folder, tools ? PostgresBinaries::extractWithTar : PostgresBinaries::extract);
  }

  private static Path unpackedIn(Path folder) {
    return folder.resolve("postgresql-" + VERSION);
  }

  static Path unpackInJava(Path folder) {
    return unpack(folder, PostgresBinaries::extract);
  }

  private static Path unpack(Path folder, Extraction extraction) {
    Path unpacked = unpackedIn(folder);
    Path fresh = folder.resolve(unpacked.getFileName() + ".new-" + ProcessHandle.current().pid());
    try {
      Files.createDirectories(fresh);
      extraction.into(fresh);
      moveInto(fresh, unpacked);
    } catch (IOException e) {
      throw new EmbeddedPostgresFailure(
          "The embedded PostgreSQL cannot be unpacked into %s: %s.".formatted(folder, e), e);
    } finally {
      deleteTree(fresh);
    }
    return unpacked;
  }

  private static void extract(Path target) throws IOException {
    try (InputStream archive = archive();
        InputStream tar = new XZInputStream(archive)) {
      TarReader.extract(tar, target);
    }
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

  private static void extractWithTar(Path target) throws IOException {
    try (InputStream archive = archive()) {
      Process tar =
          new ProcessBuilder("tar", "-xJf", "-", "-C", target.toString())
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
