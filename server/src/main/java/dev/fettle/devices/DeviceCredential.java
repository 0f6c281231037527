package dev.fettle.devices;

import dev.fettle.base.Sha256;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The credential that a device shows, as the hash that is stored: the secret itself is not kept.
 * Never printed.
 */
public final class DeviceCredential {

  /** The kinds of credentials. */
  public enum Kind {
    /** A token of one device. */
    TARGET,
    /** A token for every device of a tenant, known or not. */
    GATEWAY,
    /** A certificate that names one device, known or not. */
    CERTIFICATE
  }

  private static final String TARGET_SCHEME = "TargetToken ";
  private static final String GATEWAY_SCHEME = "GatewayToken ";
  private static final int MAX_LENGTH = 128;

  private final Kind kind;
  private final byte[] hash;

  private DeviceCredential(Kind kind, String shown) {
    this.kind = kind;
    this.hash = hash(shown);
  }

  /**
   * Reads an {@code Authorization} header as DDI has it: the scheme word in exactly this letter
   * case, one space, the token as it is.
   */
  public static Optional<DeviceCredential> parse(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    if (header.startsWith(TARGET_SCHEME)) {
      return of(Kind.TARGET, header.substring(TARGET_SCHEME.length()));
    }
    if (header.startsWith(GATEWAY_SCHEME)) {
      return of(Kind.GATEWAY, header.substring(GATEWAY_SCHEME.length()));
    }
    return Optional.empty();
  }

  /** A certificate that was checked, and names this device. */
  public static DeviceCredential certified(String controllerId) {
    return new DeviceCredential(Kind.CERTIFICATE, controllerId);
  }

  /** Answers if a device that is not known may register itself with it. */
  public boolean registers() {
    return kind != Kind.TARGET;
  }

  private static Optional<DeviceCredential> of(Kind kind, String token) {
    return token.isEmpty() || token.length() > MAX_LENGTH
        ? Optional.empty()
        : Optional.of(new DeviceCredential(kind, token));
  }

  /** The kind, which says for which devices it counts. */
  public Kind kind() {
    return kind;
  }

  /** The hash, for looking it up. */
  public byte[] hash() {
    return hash.clone();
  }

  /** Compares it with a stored hash; takes the same time whatever differs. */
  public boolean fits(byte @Nullable [] stored) {
    return stored != null && MessageDigest.isEqual(hash, stored);
  }

  /** Compares token and kind with another's; takes the same time whatever differs. */
  boolean same(DeviceCredential other) {
    return kind == other.kind && MessageDigest.isEqual(hash, other.hash);
  }

  /**
   * The stored form of a token. Tokens hold 128 random bits, so one fast hash is enough: there is
   * nothing to guess.
   */
  public static byte[] hash(String token) {
    return Sha256.of(token);
  }

  @Override
  public String toString() {
    return kind + " " + HexFormat.of().formatHex(hash, 0, 2) + "…";
  }
}
