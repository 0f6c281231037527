package dev.fettle.vpp;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.fettle.base.FilePermissions;
import dev.fettle.base.UnusableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of keys with which secrets are encrypted before they are stored; only its owner may read
 * it.
 *
 * <p>A sealed secret is bound to the row that it belongs to: moved to another row it does not open.
 * The file holds the key in use and the one before it, so that a server that has not seen a
 * rotation yet is still understood; one that meets a newer key reads the file again. Safe for
 * concurrent use.
 */
final class KeyFile {

  private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);

  private record Keys(KeysetHandle handle, Aead aead) {}

  private final Path file;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile Keys keys;

  private KeyFile(Path file, Keys keys) {
    this.file = file;
    this.keys = keys;
  }

  /**
   * Opens the key file, or makes it if it is not there.
   *
   * @throws UnusableFile if the file holds no keys, or others than its owner may use it
   */
  static KeyFile open(Path file) {
    try {
      AeadConfig.register();
      if (Files.notExists(file)) {
        make(file);
      }
      requirePrivate(file);
      return new KeyFile(file, read(file));
    } catch (IOException e) {
      throw unusable(file, "it cannot be read or made (%s)".formatted(UnusableFile.problem(e)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("The encryption library does not work here", e);
    }
  }

  /**
   * Encrypts a secret.
   *
   * @param context the row that it belongs to; needed again to open it
   */
  byte[] seal(String secret, String context) {
    try {
      return keys.aead().encrypt(secret.getBytes(StandardCharsets.UTF_8), utf8(context));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A secret could not be encrypted", e);
    }
  }

  /**
   * Decrypts a secret.
   *
   * @return the secret; nothing if no key of the file opens it: it was sealed by another
   *     installation's key, or for another row
   */
  Optional<String> open(byte[] sealed, String context) {
    try {
      return Optional.of(
          new String(keys.aead().decrypt(sealed, utf8(context)), StandardCharsets.UTF_8));
    } catch (GeneralSecurityException first) {
      return openWithNewerKeys(sealed, context);
    }
  }

  /** True of a secret that is sealed by the key in use, and not by the one before it. */
  boolean current(byte[] sealed, String context) {
    try {
      KeysetHandle only =
          KeysetHandle.newBuilder()
              .addEntry(
                  KeysetHandle.importKey(keys.handle().getPrimary().getKey())
                      .withFixedId(keys.handle().getPrimary().getId())
                      .makePrimary())
              .build();
      byte[] opened =
          only.getPrimitive(RegistryConfiguration.get(), Aead.class).decrypt(sealed, utf8(context));
      Arrays.fill(opened, (byte) 0);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * Makes a new key the one in use. The one before it stays in the file until the next rotation;
   * older ones go, so everything must have been sealed again since the last one.
   */
  void newKey() {
    changing.lock();
    try {
      Keys now = read(file);
      KeysetHandle next =
          KeysetHandle.newBuilder()
              .addEntry(
                  KeysetHandle.importKey(now.handle().getPrimary().getKey())
                      .withFixedId(now.handle().getPrimary().getId()))
              .addEntry(
                  KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                      .withRandomId()
                      .makePrimary())
              .build();
      Path beside = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(beside);
      write(beside, next);
      replace(beside, file);
      keys = read(file);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A new key could not be made", e);
    } catch (IOException e) {
      throw new UncheckedIOException("The key file cannot be written: " + file, e);
    } finally {
      changing.unlock();
    }
  }

  @Override
  public String toString() {
    return "keys of " + file;
  }

  private Optional<String> openWithNewerKeys(byte[] sealed, String context) {
    changing.lock();
    try {
      Keys fresh = read(file);
      String secret =
          new String(fresh.aead().decrypt(sealed, utf8(context)), StandardCharsets.UTF_8);
      keys = fresh;
      return Optional.of(secret);
    } catch (GeneralSecurityException e) {
      LOG.error("event=secret_does_not_open secret={} file={}", context, file);
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("The key file cannot be read: " + file, e);
    } finally {
      changing.unlock();
    }
  }

  private static void make(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder, FilePermissions.privateFolder());
    }
    Path beside = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.deleteIfExists(beside);
      write(beside, KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM));
      // A link is there whole or not at all, and does not replace what another server made.
      Files.createLink(file, beside);
    } catch (FileAlreadyExistsException e) {
      LOG.info("event=key_file_made_by_another file={}", file);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A key could not be made", e);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static void write(Path file, KeysetHandle handle)
      throws IOException, GeneralSecurityException {
    String text = TinkJsonProtoKeysetFormat.serializeKeyset(handle, InsecureSecretKeyAccess.get());
    Files.createFile(file, FilePermissions.privateFile());
    Files.writeString(
        file, text, StandardCharsets.UTF_8, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
  }

  private static void replace(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static Keys read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    try {
      KeysetHandle handle =
          TinkJsonProtoKeysetFormat.parseKeyset(text, InsecureSecretKeyAccess.get());
      return new Keys(handle, handle.getPrimitive(RegistryConfiguration.get(), Aead.class));
    } catch (GeneralSecurityException e) {
      // The cause may quote the file, and the file is the secret.
      throw unusable(file, "it holds no keys of ours");
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    if (!rights.endsWith("------")) {
      throw unusable(
          file, "others than its owner may use it (%s); run chmod 600 on it".formatted(rights));
    }
  }

  private static UnusableFile unusable(Path file, String why) {
    return new UnusableFile(
        "The key file %s, which encrypts Apple's content tokens, cannot be used: %s."
            .formatted(file, why));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
