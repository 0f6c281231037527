package dev.fettle.db.embedded;

import java.nio.file.Path;

/** Another Fettle runs on the same directory. The message is for people. */
public final class DirectoryLocked extends RuntimeException {
  private static final long serialVersionUID = 1;

  DirectoryLocked(Path directory, String holder) {
    super(
        "The directory %s is in use by another Fettle%s. Stop that one, or choose another directory with --data."
            .formatted(directory, holder.isEmpty() ? "" : " (process " + holder + ")"));
  }
}
