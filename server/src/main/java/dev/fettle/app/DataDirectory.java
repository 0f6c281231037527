package dev.fettle.app;

import dev.fettle.app.settings.Mode;
import dev.fettle.base.FilePermissions;
import dev.fettle.base.UnusableFile;
import dev.fettle.db.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of everything that is kept. It belongs to one way to run: whoever asked a development
 * server may still hold tokens that it signed, and its data are examples; and an operator's data
 * must not be opened to whoever asks.
 */
final class DataDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

  private DataDirectory() {}

  /**
   * Makes the folder if there is none, and closes it to others than its owner: files that agents
   * fetch by their token alone lie in it. What an earlier version left open is closed too.
   */
  static void prepare(Path folder, Mode mode) {
    try {
      make(folder);
      belong(folder, mode);
      close(folder);
    } catch (IOException e) {
      throw refused(folder, why(e));
    }
  }

  private static void make(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      if (!Files.isWritable(folder)) {
        throw refused(folder, "it is not writable");
      }
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(folder);
    if (EmbeddedPostgres.runsAsAnotherUser()) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }
    LOG.info("event=data_directory_made path={}", folder);
  }

  private static void belong(Path folder, Mode mode) throws IOException {
    String command = mode.command();
    Path file = folder.resolve("mode");
    if (!Files.exists(file)) {
      Files.createFile(file, FilePermissions.privateFile());
      Files.writeString(file, command + "\n");
      return;
    }
    String owner = Files.readString(file).strip();
    if (!owner.equals(command)) {
      throw refused(
          folder,
          "it is that of a 'fettle %s', and 'fettle %s' would mix example data and tokens for whoever asks with an operator's"
              .formatted(owner, command));
    }
  }

  /** Closes the folder, but lets the user pass as whom the database of a root server runs. */
  private static void close(Path folder) throws IOException {
    boolean passed = EmbeddedPostgres.runsAsAnotherUser();
    close(folder, passed);
    try (Stream<Path> content = Files.list(folder)) {
      for (Path path : content.filter(one -> !Files.isSymbolicLink(one)).toList()) {
        // Files with secrets are refused by who reads them: somebody may have read them already.
        if (Files.isDirectory(path) || path.endsWith("mode")) {
          close(path, passed && path.endsWith("postgres"));
        }
      }
    }
  }

  private static void close(Path path, boolean passable) {
    try {
      if (FilePermissions.restrict(path, passable)) {
        LOG.info("event=rights_closed path={}", path);
      }
    } catch (IOException e) {
      LOG.warn(
          "event=rights_open path={} problem=\"others may look into it: {}\"",
          path,
          UnusableFile.problem(e));
    }
  }

  private static String why(IOException failure) {
    return switch (failure) {
      case AccessDeniedException denied -> denied.getFile() + " may not be made or entered";
      case FileAlreadyExistsException file -> file.getFile() + " is a file";
      default -> UnusableFile.problem(failure);
    };
  }

  private static StartRefused refused(Path folder, String why) {
    return new StartRefused(
        ExitCode.DIRECTORY,
        "The data directory %s cannot be used: %s. Choose another one with --data."
            .formatted(folder, why));
  }
}
