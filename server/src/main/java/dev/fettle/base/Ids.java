package dev.fettle.base;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;

/** Where identifiers and random secrets come from; passed in, so that tests can foresee them. */
public interface Ids {

  /** A fresh random GUID in lower case with hyphens, as Graph prints them. */
  String guid();

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
      public String hex(int bytes) {
        byte[] secret = new byte[bytes];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
      }
    };
  }
}
