package dev.fettle.vpp;

import dev.fettle.base.UnusableFile;
import dev.fettle.db.Db;
import java.util.List;

/**
 * Exchanging the key of the vault: a new key is made, and every stored secret is sealed with it
 * again. Safe while servers run: they read the key file again when they meet the new key. Safe to
 * repeat after it broke off.
 */
public final class KeyRotation {

  private final Db db;
  private final KeyFile vault;
  private final SecretStore store = new SecretStore();

  public KeyRotation(Db db, KeyFile vault) {
    this.db = db;
    this.vault = vault;
  }

  /**
   * Makes a new key and seals everything with it.
   *
   * @return how many secrets were sealed again
   */
  public int rotate() {
    // What an earlier rotation left behind would lose its key by this one.
    int sealed = sealAll();
    vault.newKey();
    return Math.max(sealed, 0) + sealAll();
  }

  private int sealAll() {
    int sealed = 0;
    String tenantId = "";
    String id = "";
    while (true) {
      String afterTenant = tenantId;
      String afterId = id;
      List<SealedSecret> secrets = db.read(tx -> store.after(tx, afterTenant, afterId));
      if (secrets.isEmpty()) {
        return sealed;
      }
      for (SealedSecret secret : secrets) {
        sealed += seal(secret);
      }
      tenantId = secrets.getLast().tenantId();
      id = secrets.getLast().tokenId();
    }
  }

  /** A secret that was exchanged meanwhile is sealed with the new key already, or tried again. */
  private int seal(SealedSecret secret) {
    if (vault.current(secret.sealed(), secret.context())) {
      return 0;
    }
    String text =
        vault
            .open(secret.sealed(), secret.context())
            .orElseThrow(
                () ->
                    new UnusableFile(
                        "%s does not open %s, so nothing is rotated: give the file that it was"
                                .formatted(vault, secret.context())
                            + " sealed with, or send its content token again first."));
    byte[] fresh = vault.seal(text, secret.context());
    return db.<Boolean>read(tx -> store.reseal(tx, secret, fresh)) ? 1 : 0;
  }
}
