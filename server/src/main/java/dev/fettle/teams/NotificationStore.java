package dev.fettle.teams;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.Notification.Sender;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of what was sent, and who could send it. */
final class NotificationStore {

  private static final Sql SENDERS =
      Sql.of(
          """
          select distinct on (i.app_id) i.app_id, a.external_id, d.display_name, d.version,
            d.activities
          from teams_installation i
          join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
            and d.version_key = i.version_key
          join teams_app a on a.tenant_id = i.tenant_id and a.app_id = i.app_id
          where i.tenant_id = :tenantId and d.tenant_id = :tenantId and a.tenant_id = :tenantId
            and d.client_app_id = lower(:clientAppId)
            and ((i.owner_kind = :ownerKind and i.owner_id = :ownerId)
              or (:ownerKind = 'user' and (i.owner_kind, i.owner_id) in (
                select h.host_kind, h.host_id from directory_member h
                where h.tenant_id = :tenantId and h.user_id = :ownerId)))
          order by i.app_id, i.owner_kind = :ownerKind desc, i.version_key desc
          """);

  private static final Sql INSERT =
      Sql.of(
          """
          with overridden as (
            update teams_notification set overridden = true
            where tenant_id = :tenantId and owner_kind = :ownerKind and owner_id = :ownerId
              and app_id = :appId and chain_id = :chainId::bigint and not overridden
              and recipients && :recipients
          )
          insert into teams_notification (
            tenant_id, notification_id, created_date_time, owner_kind, owner_id, app_id,
            sender_app_id, sender_user_id, recipients, activity_type, title, preview_text,
            topic_source, topic_value, web_url, chain_id)
          values (:tenantId, :id, :now, :ownerKind, :ownerId, :appId, :senderAppId, :senderUserId,
            :recipients, :activityType, :title, :shownPreview, :source, :value, :webUrl, :chainId)
          """);

  private static final Sql FORGET =
      Sql.of(
          """
          delete from teams_notification t
          using (
            select o.tenant_id, o.notification_id from teams_notification o
            where o.created_date_time < :before limit :most) old
          where t.tenant_id = old.tenant_id and t.notification_id = old.notification_id
          """);

  private NotificationStore() {}

  /**
   * The apps with a registration that are installed in an owner; for a user also those in its chats
   * and teams. Each is there once, at the version that is closest to the owner.
   */
  static List<Sender> senders(
      Tx tx, String tenantId, OwnerKind kind, String ownerId, String clientAppId) {
    return tx.list(
        SENDERS
            .with("tenantId", tenantId)
            .with("ownerKind", kind)
            .with("ownerId", ownerId)
            .with("clientAppId", clientAppId),
        Sender.class);
  }

  /** Keeps what was sent; an earlier one of the same chain is overridden for its recipients. */
  static void insert(Tx tx, String tenantId, Sent sent, Instant now) {
    Notification notification = sent.notification();
    int _ =
        tx.update(
            INSERT
                .with(sent)
                .with("tenantId", tenantId)
                .with("now", now)
                .with("shownPreview", NotificationRules.shown(notification.previewText()))
                .with("source", notification.topic().source()));
  }

  /**
   * A notification with all that was found out about it.
   *
   * @param title the line that readers see
   */
  record Sent(
      String id,
      OwnerKind ownerKind,
      String ownerId,
      String appId,
      String senderAppId,
      @Nullable String senderUserId,
      List<String> recipients,
      String title,
      Notification notification) {
    Sent {
      recipients = List.copyOf(recipients);
    }
  }

  /** Forgets some of what was sent before a time, and says how many. */
  static int forget(Tx tx, Instant before, int most) {
    return tx.update(FORGET.with("before", before).with("most", most));
  }
}
