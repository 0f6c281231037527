package dev.fettle.base;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** A source of identifiers and random secrets; passed in, so that tests can foresee them. */
public interface Ids {

  /** A fresh random GUID in lower case with hyphens, as Graph prints them. */
  String guid();

  /**
   * A fresh GUID for a request, which is made for each one and kept nowhere: it need not be hard to
   * guess, and the secure source would cost a request more than finding its row does.
   */
  default String requestId() {
    return guid();
  }

  /** Fresh random bytes as lower-case hex digits, two for each byte; fit for secrets. */
  String hex(int bytes);

  /** Identifiers from the system's secure random source; safe for concurrent use. */
  static Ids random() {
    SecureRandom random = new SecureRandom();
    return new Ids() {
      @Override
      public String guid() {
        return UUID.randomUUID().toString();
      }

      @Override
      public String requestId() {
        ThreadLocalRandom quick = ThreadLocalRandom.current();
        // Version 4 and the variant of RFC 9562 stand in fixed bits.
        return new UUID(
                (quick.nextLong() & ~0xF000L) | 0x4000L, (quick.nextLong() >>> 2) | Long.MIN_VALUE)
            .toString();
      }

      @Override
      public String hex(int bytes) {
        byte[] secret = new byte[bytes];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
      }
    };
  }
}
