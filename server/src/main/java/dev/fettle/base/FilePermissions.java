package dev.fettle.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Permissions of files and folders: others than the owner have none, or may pass through. */
public final class FilePermissions {

  private static final Set<PosixFilePermission> TRAVERSE =
      EnumSet.of(PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

  private FilePermissions() {}

  /** For the making of a folder that nobody else may look into. */
  public static FileAttribute<Set<PosixFilePermission>> privateFolder() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }

  /** For the making of a file that nobody else may read. */
  public static FileAttribute<Set<PosixFilePermission>> privateFile() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  }

  /**
   * Takes from others what they may do; the owner keeps all.
   *
   * @param traversable whether others may still pass through a folder to what they may use below it
   * @return whether there was anything to take
   */
  public static boolean restrict(Path path, boolean traversable) throws IOException {
    Set<PosixFilePermission> has = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> kept =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE);
    if (traversable) {
      kept.addAll(TRAVERSE);
    }
    kept.retainAll(has);
    if (kept.equals(has)) {
      return false;
    }
    Files.setPosixFilePermissions(path, kept);
    return true;
  }
}
