package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.vpp.apple.Asset;
import dev.fettle.vpp.apple.Assignment;

/**
 * The statements with which single licences and counts change between syncs. Keeps nothing; safe to
 * share.
 */
final class LicenceStore {

  private static final String COUNT_TOTAL =
      """
      update vpp_app set total_licences = total_licences + ?, last_modified_date_time = ?
      where tenant_id = ? and token_id = ? and adam_id = ? and pricing = ?
        and total_licences < 2147483647
      """;

  private static final String COUNT_USED =
      """
      update vpp_app set used_licences = used_licences + ?, last_modified_date_time = ?
      where tenant_id = ? and token_id = ? and adam_id = ? and pricing = ?
      """;

  private static final String SET_COUNTS =
      """
      update vpp_app set total_licences = ?, used_licences = ?, last_modified_date_time = ?
      where tenant_id = ? and token_id = ? and adam_id = ? and pricing = ?
        and (total_licences <> ? or used_licences <> ?)
      """;

  private static final String ADD_LICENCE =
      """
      insert into vpp_licence (tenant_id, token_id, adam_id, pricing, holder_kind, holder, seen_run)
      values (?, ?, ?, ?, ?, ?, '') on conflict do nothing
      """;

  private static final String DROP_LICENCE =
      """
      delete from vpp_licence where tenant_id = ? and token_id = ? and adam_id = ?
        and pricing = ? and holder_kind = ? and holder = ?
      """;

  /** Adds to the total of an asset; what is unlimited stays so. */
  int addTotal(Tx tx, NotifiedToken told, String adamId, String pricing, long delta) {
    return tx.update(
        Sql.of(COUNT_TOTAL, delta, told.at(), told.tenantId(), told.tokenId(), adamId, pricing));
  }

  /** Sets the counts of an asset to what Apple says. */
  int setCounts(Tx tx, NotifiedToken told, Asset asset) {
    return tx.update(
        Sql.of(
            SET_COUNTS,
            asset.total(),
            asset.assigned(),
            told.at(),
            told.tenantId(),
            told.tokenId(),
            asset.adamId(),
            asset.pricing(),
            asset.total(),
            asset.assigned()));
  }

  /** Notes a licence in somebody's hands and counts it, once. */
  boolean give(Tx tx, NotifiedToken told, Assignment licence) {
    return counted(tx, told, licence, ADD_LICENCE, 1);
  }

  /** Forgets a licence in somebody's hands and counts it, once. */
  boolean take(Tx tx, NotifiedToken told, Assignment licence) {
    return counted(tx, told, licence, DROP_LICENCE, -1);
  }

  private static boolean counted(
      Tx tx, NotifiedToken told, Assignment licence, String statement, long delta) {
    int changed =
        tx.update(
            Sql.of(
                statement,
                told.tenantId(),
                told.tokenId(),
                licence.adamId(),
                licence.pricing(),
                licence.holder().kind(),
                licence.holder().id()));
    return changed == 1
        && tx.update(
                Sql.of(
                    COUNT_USED,
                    delta,
                    told.at(),
                    told.tenantId(),
                    told.tokenId(),
                    licence.adamId(),
                    licence.pricing()))
            > 0;
  }
}
