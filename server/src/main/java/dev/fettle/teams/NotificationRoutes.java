package dev.fettle.teams;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.FETTLE;
import static dev.fettle.graph.schema.GraphVersion.V1;

import dev.fettle.db.Sql;
import dev.fettle.directory.OwnerKind;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.query.Resource;
import dev.fettle.identity.Caller;
import java.util.List;

/**
 * The operations on activity notifications. Public documents: "userTeamwork:
 * sendActivityNotification", "chat: sendActivityNotification", "team: sendActivityNotification".
 */
final class NotificationRoutes {

  /** Notifications that were sent, as readers saw them. */
  private static final Resource SENT =
      Resource.of("fettle.activityNotification")
          .from("teams_notification t")
          .key("id", "notification_id")
          .text("activityType", "activity_type")
          .bigint("chainId", "chain_id")
          .time("createdDateTime", "created_date_time")
          .flag("overridden", "overridden")
          .text("ownerId", "owner_id")
          .text("ownerKind", "owner_kind")
          .text("previewText", "preview_text")
          .texts("recipients", "recipients")
          .text("senderAppId", "sender_app_id")
          .text("senderUserId", "sender_user_id")
          .text("teamsAppId", "app_id")
          .text("title", "title")
          .text("topicSource", "topic_source")
          .text("topicValue", "topic_value")
          .text("webUrl", "web_url")
          .neverNull("createdDateTime")
          .orderBy("createdDateTime desc")
          .options(Option.FILTER, Option.SELECT, Option.TOP, Option.COUNT, Option.ORDERBY)
          .page(100, 999, AboveMaximum.CAP)
          .build();

  private static final Sql ALL = Sql.of("true");
  private static final Sql OF_USER =
      Sql.of("(:userId = any(t.recipients) or t.sender_user_id = :userId)");
  private static final Sql BY_ID = Sql.of(" and t.notification_id = :id");

  private final ActivityNotifications notifications;
  private final Reads reads;

  NotificationRoutes(ActivityNotifications notifications, Reads reads) {
    this.notifications = notifications;
    this.reads = reads;
  }

  /** Every operation. */
  List<Route> routes() {
    return List.of(
        send("/users/{user-id}/teamwork", "user-id", OwnerKind.USER, "userTeamwork"),
        send("/chats/{chat-id}", "chat-id", OwnerKind.CHAT, "chat"),
        send("/teams/{team-id}", "team-id", OwnerKind.TEAM, "team"),
        Route.get(FETTLE, "/activityNotifications")
            .handle(call -> reads.collection(call, SENT, visible(call))),
        Route.get(FETTLE, "/activityNotifications/{notification-id}")
            .handle(
                call ->
                    reads.entity(
                        call,
                        SENT,
                        visible(call).append(BY_ID.with("id", call.key("notification-id"))),
                        "There is no activity notification '%s'."
                            .formatted(call.key("notification-id")))),
        Route.post(Route.in(V1, BETA), "/teamwork/sendActivityNotificationToRecipients")
            .notBuilt());
  }

  private Route send(String host, String key, OwnerKind kind, String type) {
    return Route.action(Route.in(V1, BETA), host + "/sendActivityNotification")
        .parameters("sendActivityNotification", "microsoft.graph." + type)
        .handle(
            call -> {
              notifications.send(
                  call.caller(),
                  kind,
                  call.key(key),
                  NotificationJson.read(call.body(), kind, call.key(key)),
                  call.version().root() + call.path());
              return Answers.noContent();
            });
  }

  /** A user sees what was sent to it and what it sent; an app by itself sees everything. */
  private static Sql visible(Call call) {
    return call.caller().kind() == Caller.Kind.APPLICATION
        ? ALL
        : OF_USER.with("userId", call.caller().userId());
  }
}
