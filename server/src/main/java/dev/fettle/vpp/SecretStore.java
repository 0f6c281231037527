package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.util.List;
import java.util.Optional;

/**
 * The statements of the secrets in {@code vpp_token}, but for those that write one together with
 * what it says. Keeps nothing; safe to share.
 */
final class SecretStore {

  private static final String FIND =
      "select sealed from vpp_token where tenant_id = ? and id = ? and sealed is not null";

  private static final String AFTER =
      """
      select tenant_id, id, sealed from vpp_token
      where sealed is not null and (tenant_id, id) > (?, ?) order by tenant_id, id limit 200
      """;

  private static final String RESEAL =
      "update vpp_token set sealed = ? where tenant_id = ? and id = ? and sealed = ?";

  Optional<SealedSecret> find(Tx tx, String tenantId, String tokenId) {
    return tx.one(
        Sql.of(FIND, tenantId, tokenId),
        row -> new SealedSecret(tenantId, tokenId, row.bytes("sealed")));
  }

  /** The next secrets after that one, in a fixed order. */
  List<SealedSecret> after(Tx tx, String tenantId, String tokenId) {
    return tx.list(
        Sql.of(AFTER, tenantId, tokenId),
        row -> new SealedSecret(row.text("tenant_id"), row.text("id"), row.bytes("sealed")));
  }

  boolean reseal(Tx tx, SealedSecret secret, byte[] sealed) {
    return tx.update(Sql.of(RESEAL, sealed, secret.tenantId(), secret.tokenId(), secret.sealed()))
        == 1;
  }
}
