package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.vpp.apple.Asset;
import dev.fettle.vpp.apple.Assignment;

/** The statements with which single licences and counts change between syncs. */
final class LicenceStore {

  private static final Sql ADD_TOTAL =
      Sql.of(
          """
          update vpp_app set total_licences = total_licences + :delta,
            last_modified_date_time = :at
          where tenant_id = :tenantId and token_id = :tokenId and adam_id = :adamId
            and pricing = :pricing and total_licences < 2147483647
          """);

  private static final Sql ADD_USED =
      Sql.of(
          """
          update vpp_app set used_licences = used_licences + :delta, last_modified_date_time = :at
          where tenant_id = :tenantId and token_id = :tokenId and adam_id = :adamId
            and pricing = :pricing
          """);

  private static final Sql SET_COUNTS =
      Sql.of(
          """
          update vpp_app set total_licences = :total, used_licences = :assigned,
            last_modified_date_time = :at
          where tenant_id = :tenantId and token_id = :tokenId and adam_id = :adamId
            and pricing = :pricing and (total_licences <> :total or used_licences <> :assigned)
          """);

  private static final Sql ADD =
      Sql.of(
          """
          insert into vpp_licence
            (tenant_id, token_id, adam_id, pricing, holder_kind, holder, seen_run)
          values (:tenantId, :tokenId, :adamId, :pricing, :kind, :id, '') on conflict do nothing
          """);

  private static final Sql DELETE =
      Sql.of(
          """
          delete from vpp_licence where tenant_id = :tenantId and token_id = :tokenId
            and adam_id = :adamId and pricing = :pricing and holder_kind = :kind and holder = :id
          """);

  private LicenceStore() {}

  /** Adds to the total of an asset; an unlimited one stays so. */
  static int addTotal(Tx tx, NotifiedToken token, String adamId, String pricing, long delta) {
    Sql add = ADD_TOTAL.with(token).with("adamId", adamId).with("pricing", pricing);
    return tx.update(add.with("delta", delta));
  }

  /** Sets the counts of an asset to Apple's. */
  static int setCounts(Tx tx, NotifiedToken token, Asset asset) {
    return tx.update(SET_COUNTS.with(token).with(asset));
  }

  /** Notes a licence in somebody's hands and counts it, once. */
  static boolean add(Tx tx, NotifiedToken token, Assignment licence) {
    return tx.update(ADD.with(token).with(licence)) == 1 && used(tx, token, licence, 1);
  }

  /** Forgets a licence in somebody's hands and counts it, once. */
  static boolean delete(Tx tx, NotifiedToken token, Assignment licence) {
    return tx.update(DELETE.with(token).with(licence)) == 1 && used(tx, token, licence, -1);
  }

  private static boolean used(Tx tx, NotifiedToken token, Assignment licence, long delta) {
    return tx.update(ADD_USED.with(token).with(licence).with("delta", delta)) > 0;
  }
}
