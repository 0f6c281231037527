package dev.fettle.base;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * A file of the server's own that it cannot use, or must not: a start that ends for it is the
 * operator's to mend. The message says which file, why, and what to do, and quotes nothing of it.
 */
public final class UnusableFile extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The problem with a file, in the words of the system, and without its contents. */
  public static String problem(IOException failure) {
    return switch (failure) {
      case NoSuchFileException missing -> missing.getFile() + " does not exist";
      case AccessDeniedException denied -> "access to " + denied.getFile() + " is denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> {
        String message = failure.getMessage();
        yield message == null ? failure.getClass().getSimpleName() : message;
      }
    };
  }

  /** With the text for the operator, and without a cause, whose text might quote the file. */
  public UnusableFile(String message) {
    super(message);
  }
}
