package dev.fettle.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fettle.base.UnusableFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys and certificates as PEM text in files. */
final class PemFiles {
  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private PemFiles() {}

  static String pem(String label, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
  }

  /** Writes a file as a whole or not at all; a secret one is never readable by others. */
  static void write(Path file, String text, boolean secret) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh,
        PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--")));
    Files.writeString(fresh, text, UTF_8);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The cause of a failure with a file, in words. */
  static String problem(Exception e) {
    return e instanceof IOException failure
        ? UnusableFile.problem(failure)
        : String.valueOf(e.getMessage());
  }

  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
        .forEach(certificate -> chain.add((X509Certificate) certificate));
    if (chain.isEmpty()) {
      throw new GeneralSecurityException("there is no certificate in " + file);
    }
    return chain;
  }

  static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    Matcher matcher = PRIVATE_KEY.matcher(Files.readString(file, UTF_8));
    if (!matcher.find()) {
      throw new GeneralSecurityException(
          "there is no 'BEGIN PRIVATE KEY' (unencrypted PKCS #8) in " + file);
    }
    byte[] content;
    try {
      content = Base64.getMimeDecoder().decode(matcher.group(1));
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("the key in " + file + " is not whole", e);
    }
    PKCS8EncodedKeySpec key = new PKCS8EncodedKeySpec(content);
    try {
      return KeyFactory.getInstance("EC").generatePrivate(key);
    } catch (GeneralSecurityException e) {
      return KeyFactory.getInstance("RSA").generatePrivate(key);
    }
  }
}
