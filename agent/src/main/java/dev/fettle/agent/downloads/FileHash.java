package dev.fettle.agent.downloads;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The strongest hash that a server gave for a file.
 *
 * @param expected in hex, lower case
 */
public record FileHash(String algorithm, String expected) {

  /** The hash of a file's announcement. */
  public static FileHash of(Artifact artifact) {
    String sha256 = artifact.sha256();
    if (sha256 != null) {
      return new FileHash("SHA-256", sha256);
    }
    String sha1 = artifact.sha1();
    if (sha1 != null) {
      return new FileHash("SHA-1", sha1);
    }
    String md5 = artifact.md5();
    return new FileHash("MD5", md5 == null ? "" : md5);
  }

  /** A digest of that algorithm that has seen nothing yet. */
  MessageDigest start() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  /** Whether that is the hash. */
  public boolean fits(byte[] digest) {
    return HexFormat.of().formatHex(digest).equals(expected);
  }
}
