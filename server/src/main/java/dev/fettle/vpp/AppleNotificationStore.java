package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The statements of {@code vpp_notification}, and of where notifications come in. Keeps nothing;
 * safe to share.
 */
final class AppleNotificationStore {

  private static final String INSERT =
      """
      insert into vpp_notification (tenant_id, token_id, notification_id, type, body,
        received_date_time)
      values (?, ?, ?, ?, ?, ?) on conflict do nothing
      """;

  private static final String FORGET =
      """
      delete from vpp_notification where (tenant_id, token_id, notification_id) in (
        select tenant_id, token_id, notification_id from vpp_notification
        where received_date_time < ? order by received_date_time limit 5000)
      """;

  private static final String LISTEN =
      """
      update vpp_token set notification_hash = ?, notification_url = ?
      where tenant_id = ? and id = ?
      """;

  private static final String LISTENING =
      """
      select library_id, notification_hash, notification_url from vpp_token
      where tenant_id = ? and id = ?
      """;

  /** How Apple's notifications about a vppToken prove that they are Apple's. */
  @SuppressWarnings("ArrayRecordComponent")
  record Listening(@Nullable String libraryId, byte @Nullable [] hash, @Nullable String url) {
    @Override
    public String toString() {
      return "listening at " + url;
    }
  }

  /** Whether it is here for the first time. */
  boolean insert(
      Tx tx,
      String tenantId,
      String tokenId,
      String id,
      String type,
      @Nullable JsonNode body,
      Instant now) {
    return tx.update(Sql.of(INSERT, tenantId, tokenId, id, type, body, now)) == 1;
  }

  /** Forgets some of those that came before. */
  int forget(Tx tx, Instant before) {
    return tx.update(Sql.of(FORGET, before));
  }

  int listen(Tx tx, String tenantId, String id, byte @Nullable [] hash, @Nullable String url) {
    return tx.update(Sql.of(LISTEN, hash, url, tenantId, id));
  }

  Optional<Listening> listening(Tx tx, String tenantId, String id) {
    return tx.one(
        Sql.of(LISTENING, tenantId, id),
        row ->
            new Listening(
                row.textOrNull("library_id"),
                row.bytesOrNull("notification_hash"),
                row.textOrNull("notification_url")));
  }
}
