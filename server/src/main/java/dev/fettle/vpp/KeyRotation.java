package dev.fettle.vpp;

import dev.fettle.base.UnusableFile;
import dev.fettle.db.Db;
import java.util.List;

/**
 * Exchange of the key of a {@link KeyFile}: a new key is made, and every stored secret is sealed
 * with it again. Safe while servers run: they read the key file again when they meet the new key.
 * Safe to repeat after it broke off.
 */
final class KeyRotation {

  private final Db db;
  private final KeyFile keys;

  KeyRotation(Db db, KeyFile keys) {
    this.db = db;
    this.keys = keys;
  }

  /**
   * Makes a new key and seals everything with it.
   *
   * @return how many secrets were sealed again
   */
  int rotate() {
    // What an earlier rotation left behind would lose its key by this one.
    int sealed = sealAll();
    keys.newKey();
    return Math.max(sealed, 0) + sealAll();
  }

  private int sealAll() {
    int sealed = 0;
    List<SealedSecret> secrets = after("", "");
    while (!secrets.isEmpty()) {
      for (SealedSecret secret : secrets) {
        sealed += seal(secret);
      }
      secrets = after(secrets.getLast().tenantId(), secrets.getLast().tokenId());
    }
    return sealed;
  }

  private List<SealedSecret> after(String tenantId, String tokenId) {
    return db.statement(tx -> VppTokenStore.secretsAfter(tx, tenantId, tokenId));
  }

  /** A secret that was exchanged meanwhile is sealed with the new key already, or tried again. */
  private int seal(SealedSecret secret) {
    if (keys.current(secret.sealed(), secret.context())) {
      return 0;
    }
    String text =
        keys.open(secret.sealed(), secret.context())
            .orElseThrow(
                () ->
                    new UnusableFile(
                        "%s does not open %s, so nothing is rotated: give the file that it was"
                                .formatted(keys, secret.context())
                            + " sealed with, or send its content token again first."));
    byte[] fresh = keys.seal(text, secret.context());
    return db.statement(tx -> VppTokenStore.reseal(tx, secret, fresh)) ? 1 : 0;
  }
}
