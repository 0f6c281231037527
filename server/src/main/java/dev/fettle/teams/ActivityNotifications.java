package dev.fettle.teams;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.directory.OwnerKind;
import dev.fettle.directory.Owners;
import dev.fettle.directory.Owners.WithMembers;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import dev.fettle.teams.Notification.Sender;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes notifications and keeps them for 30 days. Each is one transaction with its audit entry;
 * what is refused for lack of rights leaves an audit entry too. Safe for concurrent use.
 */
final class ActivityNotifications {

  private static final Duration KEPT = Duration.ofDays(30);
  private static final int FORGOTTEN_AT_ONCE = 10_000;
  private static final String ACTION = "sendActivityNotification";

  private final Db db;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Ids ids;

  ActivityNotifications(Db db, AuditTrail audit, InstantSource clock, Ids ids) {
    this.db = db;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Sends a notification to a user, or to members of a chat or team.
   *
   * @param key the owner in the address
   * @param path the address, as a refusal names it
   */
  void send(Caller caller, OwnerKind kind, String key, Notification notification, String path) {
    try {
      db.run(tx -> sent(tx, caller, kind, key, notification, path));
    } catch (Refusal refusal) {
      if (refusal.reason() instanceof Reason.Forbidden) {
        audit.refused(caller, ACTION, kind.text(), key, refusal.reason());
      }
      throw refusal;
    }
  }

  private void sent(
      Tx tx, Caller caller, OwnerKind kind, String key, Notification notification, String path) {
    String about = NotificationRules.about(notification.topic(), path);
    String recipient = notification.recipient();
    WithMembers target =
        recipient == null
            ? all(tx, caller, kind, key)
            : one(tx, caller, kind, key, recipient, about);
    Sender sender =
        NotificationRules.sender(
            NotificationStore.senders(
                tx, caller.tenantId(), kind, target.ownerId(), caller.appId()),
            caller.appId(),
            notification.teamsAppId(),
            about);
    Set<String> names = new HashSet<>(List.of(key, target.ownerId()));
    NotificationRules.requireTopic(notification.topic(), kind, names, sender.appId());
    String title = NotificationRules.title(sender, notification, actor(caller, sender));
    String id = ids.guid();
    NotificationStore.insert(
        tx,
        caller.tenantId(),
        new NotificationStore.Sent(
            id,
            kind,
            target.ownerId(),
            sender.appId(),
            caller.appId(),
            caller.userId(),
            target.userIds(),
            title,
            notification),
        clock.instant());
    audit.record(
        tx,
        caller,
        ACTION,
        kind.text(),
        target.ownerId(),
        AuditTrail.SUCCEEDED,
        Json.object()
            .put("notificationId", id)
            .put("teamsAppId", sender.appId())
            .put("activityType", notification.activityType())
            .put("recipients", target.userIds().size()));
  }

  /** The owner with the one of its members that is told. */
  private static WithMembers one(
      Tx tx, Caller caller, OwnerKind kind, String key, String userKey, String about) {
    Owners.WithUser place =
        Owners.withUser(tx, kind, caller.tenantId(), key, userKey)
            .orElseThrow(() -> Owners.missing(kind, key));
    String userId = place.userId();
    if (userId == null) {
      throw Owners.missing(OwnerKind.USER, userKey);
    }
    if (!place.included()) {
      throw NotificationRules.notAuthorized(
          caller.appId(),
          about,
          " The recipient '%s' is not a member of the %s.".formatted(userKey, kind.text()));
    }
    if (userId.equals(caller.userId())) {
      throw Refusal.forbidden(
          "A user can't send an activity notification to themselves; an app by itself can, with"
              + " an application permission.");
    }
    return new WithMembers(place.ownerId(), List.of(userId));
  }

  /** The owner with all of its members but the sender. */
  private static WithMembers all(Tx tx, Caller caller, OwnerKind kind, String key) {
    WithMembers all =
        Owners.withMembers(tx, kind, caller.tenantId(), key)
            .orElseThrow(() -> Owners.missing(kind, key));
    return new WithMembers(
        all.ownerId(), all.userIds().stream().filter(id -> !id.equals(caller.userId())).toList());
  }

  private static String actor(Caller caller, Sender sender) {
    return caller.kind() == Caller.Kind.APPLICATION
        ? sender.displayName()
        : String.valueOf(caller.userName() == null ? caller.userId() : caller.userName());
  }

  /** Forgets some of what was sent more than 30 days ago; answers whether that was all. */
  boolean forgetOld(Instant now) {
    return db.tx(
        tx -> NotificationStore.forget(tx, now.minus(KEPT), FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE);
  }
}
