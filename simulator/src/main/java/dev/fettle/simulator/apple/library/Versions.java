package dev.fettle.simulator.apple.library;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * The version counter of one collection of a library, shown as text that looks like a version-1
 * UUID, as Apple's does.
 *
 * <p>The counter sits in the UUID's time fields, so that a version given back as sinceVersionId can
 * be understood without remembering every version ever shown; the node field names library and
 * collection, so that a version of another collection is refused.
 */
final class Versions {
  private static final long VERSION_AND_CLOCK = 0x514c_11ebL;
  private static final long VARIANT = 0xbb63L << 48;

  private final long node;
  private long current;

  Versions(String uId, String collection) {
    CRC32 crc = new CRC32();
    crc.update((uId + "/" + collection).getBytes(StandardCharsets.UTF_8));
    node = VARIANT | (crc.getValue() << 8) | 0x52;
  }

  /** Moves to the next version and returns its number. */
  long move() {
    current++;
    return current;
  }

  String id() {
    return id(current);
  }

  private String id(long number) {
    return new UUID((number << 32) | VERSION_AND_CLOCK, node).toString();
  }

  /** The number behind a version that was shown earlier; 9721 for anything else. */
  long parse(String versionId) {
    try {
      UUID uuid = UUID.fromString(versionId);
      long number = uuid.getMostSignificantBits() >>> 32;
      if (number <= current && id(number).equals(versionId)) {
        return number;
      }
    } catch (IllegalArgumentException e) {
      throw new AppleRefusal(AppleError.INVALID_VERSION);
    }
    throw new AppleRefusal(AppleError.INVALID_VERSION);
  }
}
