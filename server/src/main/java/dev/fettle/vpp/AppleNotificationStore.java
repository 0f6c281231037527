package dev.fettle.vpp;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The statements of {@code vpp_notification}, and of the subscription in {@code vpp_token}. */
final class AppleNotificationStore {

  private static final Sql INSERT =
      Sql.of(
          """
          insert into vpp_notification (tenant_id, token_id, notification_id, type, body,
            received_date_time)
          values (:tenantId, :tokenId, :notificationId, :type, :body, :at) on conflict do nothing
          """);

  private static final Sql FORGET =
      Sql.of(
          """
          delete from vpp_notification where (tenant_id, token_id, notification_id) in (
            select tenant_id, token_id, notification_id from vpp_notification
            where received_date_time < :before order by received_date_time limit 5000)
          """);

  private static final Sql SUBSCRIBE =
      Sql.of(
          """
          update vpp_token set notification_hash = :hash, notification_url = :url
          where tenant_id = :tenantId and id = :tokenId
          """);

  private static final Sql SUBSCRIPTION =
      Sql.of(
          """
          select library_id, notification_hash as hash, notification_url as url from vpp_token
          where tenant_id = :tenantId and id = :tokenId
          """);

  private AppleNotificationStore() {}

  /**
   * Apple's notifications about a vppToken.
   *
   * @param hash of the bearer that proves them to be Apple's
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Subscription(@Nullable String libraryId, byte @Nullable [] hash, @Nullable String url) {
    @Override
    public String toString() {
      return "a subscription at " + url;
    }
  }

  /** One notification; the body is kept of types that are not known. */
  record Notification(String notificationId, String type, @Nullable JsonNode body) {}

  /** Answers whether the notification is here for the first time. */
  static boolean insert(Tx tx, NotifiedToken token, Notification notification) {
    return tx.update(INSERT.with(token).with(notification)) == 1;
  }

  /** Forgets some of those that came before. */
  static int forget(Tx tx, Instant before) {
    return tx.update(FORGET.with("before", before));
  }

  static int subscribe(Tx tx, String tenantId, String tokenId, byte[] hash, @Nullable String url) {
    Sql subscribe = SUBSCRIBE.with("tenantId", tenantId).with("tokenId", tokenId);
    return tx.update(subscribe.with("hash", hash).with("url", url));
  }

  static Optional<Subscription> subscription(Tx tx, String tenantId, String tokenId) {
    Sql subscription = SUBSCRIPTION.with("tenantId", tenantId).with("tokenId", tokenId);
    return tx.one(subscription, Subscription.class);
  }
}
