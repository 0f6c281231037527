package dev.fettle.teams;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.directory.OwnerKind;
import dev.fettle.directory.Owners;
import dev.fettle.teams.Notification.Sender;
import dev.fettle.teams.Notification.Topic;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of what was sent, and who could send it. */
final class NotificationStore {

  /**
   * An owner and a user in it.
   *
   * @param userId the user, or null if there is none of that name
   * @param included whether the user is the owner or one of its members
   */
  record Place(String ownerId, @Nullable String userId, boolean included) {}

  private static final String SENDERS =
      """
      select i.app_id, a.external_id, d.display_name, d.version, d.activities
      from teams_installation i
      join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
        and d.version_key = i.version_key
      join teams_app a on a.tenant_id = i.tenant_id and a.app_id = i.app_id
      where i.tenant_id = ? and d.tenant_id = ? and a.tenant_id = ?
        and d.client_app_id = lower(?)
        and ((i.owner_kind = ? and i.owner_id = ?)
      """;

  private static final String INSERT =
      """
      with overridden as (
        update teams_notification set overridden = true
        where tenant_id = ? and owner_kind = ? and owner_id = ? and app_id = ?
          and chain_id = ?::bigint and not overridden and recipients && ?
      )
      insert into teams_notification (
        tenant_id, notification_id, created_date_time, owner_kind, owner_id, app_id,
        sender_app_id, sender_user_id, recipients, activity_type, title, preview_text,
        topic_source, topic_value, web_url, chain_id)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String FORGET =
      """
      delete from teams_notification t
      using (
        select o.tenant_id, o.notification_id from teams_notification o
        where o.created_date_time < ? limit ?) old
      where t.tenant_id = old.tenant_id and t.notification_id = old.notification_id
      """;

  private NotificationStore() {}

  /** An owner with one user; nothing if the owner is not there. */
  static Optional<Place> place(Tx tx, String tenantId, OwnerKind kind, String key, String userKey) {
    return tx.one(
        Sql.of("select o.owner_id, u.owner_id as user_id, ")
            .append(
                kind == OwnerKind.USER
                    ? Sql.of("true")
                    : Sql.of("u.owner_id in (select m.user_id from ")
                        .append(Owners.members(kind, tenantId, "o.owner_id"))
                        .append(" m)"))
            .append(" as included from ")
            .append(Owners.row(kind, tenantId, key))
            .append(" o left join ")
            .append(Owners.row(OwnerKind.USER, tenantId, userKey))
            .append(" u on true"),
        row ->
            new Place(
                row.text("owner_id"),
                row.textOrNull("user_id"),
                Boolean.TRUE.equals(row.flagOrNull("included"))));
  }

  /** The members of a chat or team; nothing if it is not there. */
  static Optional<Members> members(Tx tx, String tenantId, OwnerKind kind, String key) {
    return tx.one(
        Sql.of("select o.owner_id, array(select m.user_id from ")
            .append(Owners.members(kind, tenantId, "o.owner_id"))
            .append(" m order by m.user_id) as members from ")
            .append(Owners.row(kind, tenantId, key))
            .append(" o"),
        row -> new Members(row.text("owner_id"), row.texts("members")));
  }

  /** An owner with all its members. */
  record Members(String ownerId, List<String> userIds) {
    Members {
      userIds = List.copyOf(userIds);
    }
  }

  /**
   * The apps with a registration that are installed in an owner; for a user also those in its chats
   * and teams. Each is there once, at the version that is closest to the owner.
   */
  static List<Sender> senders(
      Tx tx, String tenantId, OwnerKind kind, String ownerId, String clientAppId) {
    Sql sql = Sql.of(SENDERS, tenantId, tenantId, tenantId, clientAppId, kind.text(), ownerId);
    if (kind == OwnerKind.USER) {
      sql =
          sql.append(" or (i.owner_kind, i.owner_id) in (select h.host_kind, h.host_id from ")
              .append(Owners.hosts(tenantId, ownerId))
              .append(" h)");
    }
    Map<String, Sender> senders = new LinkedHashMap<>();
    for (Sender one :
        tx.list(
            sql.append(
                ") order by i.app_id, i.owner_kind = ? desc, i.version_key desc", kind.text()),
            NotificationStore::sender)) {
      senders.putIfAbsent(one.appId(), one);
    }
    return List.copyOf(senders.values());
  }

  private static Sender sender(Row row) {
    Map<String, String> activities = new LinkedHashMap<>();
    row.json("activities")
        .properties()
        .forEach(one -> activities.put(one.getKey(), one.getValue().stringValue()));
    return new Sender(
        row.text("app_id"),
        row.textOrNull("external_id"),
        row.text("display_name"),
        row.text("version"),
        activities);
  }

  /** Keeps what was sent; an earlier one of the same chain is overridden for its recipients. */
  static void insert(Tx tx, String tenantId, Sent sent, Instant now) {
    Notification notification = sent.notification();
    Topic topic = notification.topic();
    int _ =
        tx.update(
            Sql.of(
                INSERT,
                tenantId,
                sent.kind().text(),
                sent.ownerId(),
                sent.appId(),
                notification.chainId(),
                sent.recipients(),
                tenantId,
                sent.id(),
                now,
                sent.kind().text(),
                sent.ownerId(),
                sent.appId(),
                sent.senderAppId(),
                sent.senderUserId(),
                sent.recipients(),
                notification.activityType(),
                sent.title(),
                NotificationRules.shown(notification.previewText()),
                topic.source(),
                topic.value(),
                topic.webUrl(),
                notification.chainId()));
  }

  /**
   * A notification with all that was found out about it.
   *
   * @param title the line that readers see
   */
  record Sent(
      String id,
      OwnerKind kind,
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
    return tx.update(Sql.of(FORGET, before, most));
  }
}
