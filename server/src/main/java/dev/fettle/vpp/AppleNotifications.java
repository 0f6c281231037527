package dev.fettle.vpp;

import dev.fettle.base.Reason;
import dev.fettle.base.Sha256;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.http.Door;
import dev.fettle.http.Endpoints;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.jobs.Jobs;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.Asset;
import dev.fettle.vpp.apple.Assignment;
import dev.fettle.vpp.apple.LicenceHolder;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The door for Apple's notifications about libraries: {@code POST
 * /fettle/vpp/notifications/{tenant}/{id}} with a bearer that we gave to Apple and of which only
 * the hash is stored.
 *
 * <p>Each notification counts once, by its id. Counts are sums, so the order does not matter; and
 * since a notification may get lost, or tell of what a sync has read already, each one that changes
 * counts also asks for the asset to be read again a little later.
 */
final class AppleNotifications implements Door {

  /** The path below which notifications are received. */
  static final String PATH = "/fettle/vpp/notifications";

  /** The types of notification that Apple is asked for. */
  static final List<String> TYPES =
      List.of("ASSET_COUNT", "ASSET_MANAGEMENT", "USER_MANAGEMENT", "USER_ASSOCIATED");

  private static final Logger LOG = LoggerFactory.getLogger(AppleNotifications.class);
  private static final int LARGEST = 1024 * 1024;
  private static final AppleNotificationStore.Subscription NOT_SUBSCRIBED =
      new AppleNotificationStore.Subscription(null, null, null);
  private static final Duration KEEP = Duration.ofDays(30);

  private final Db db;
  private final Jobs jobs;
  private final InstantSource clock;
  private final Revocations revocations;
  private final Endpoints endpoints =
      new Endpoints(
          List.of(
              new Endpoints.Endpoint(
                  "POST",
                  PATH + "/{tenant}/{vppToken}",
                  (request, keys) ->
                      receive(
                          request,
                          Objects.requireNonNull(keys.get("tenant")),
                          Objects.requireNonNull(keys.get("vppToken"))))));

  AppleNotifications(Db db, Jobs jobs, InstantSource clock, Revocations revocations) {
    this.db = db;
    this.jobs = jobs;
    this.clock = clock;
    this.revocations = revocations;
  }

  @Override
  public String name() {
    return "apple";
  }

  @Override
  public List<Row> rows() {
    return endpoints.rows();
  }

  @Override
  public boolean claims(Request request) {
    return request.rawPath().startsWith(PATH + "/");
  }

  @Override
  public Match match(Request request) {
    return endpoints.match(request);
  }

  /** Apple reads the status alone, and comes again for what it may come again for. */
  @Override
  public Response refuse(Request request, Reason reason, String requestId) {
    return switch (reason) {
      // Told again it counts once, and for a vppToken that was just deleted it is 401 then.
      case Reason.Unavailable _, Reason.CompletionUnknown _, Reason.Conflict _ ->
          Response.empty(503).with("Retry-After", "5");
      case Reason.MethodNotAllowed _ -> Response.empty(405).with("Allow", "POST");
      case Reason.NotFound _ -> Response.empty(404);
      default -> Response.text(400, "text/plain", "The notification cannot be read.");
    };
  }

  @Override
  public Response fail(Request request, String requestId) {
    return Response.text(500, "text/plain", "The notification could not be taken.");
  }

  private Response receive(Request request, String tenantId, String tokenId) {
    AppleNotificationStore.Subscription subscription =
        db.statement(tx -> AppleNotificationStore.subscription(tx, tenantId, tokenId))
            .orElse(NOT_SUBSCRIBED);
    if (!bearerFits(request.header("Authorization"), subscription.hash())) {
      return Response.empty(401).with("WWW-Authenticate", "Bearer");
    }
    JsonNode body = Json.readBody(request.body(LARGEST));
    String id = text(body, "notificationId");
    String type = text(body, "notificationType");
    if (id == null || type == null || id.length() > 200 || type.length() > 200) {
      return Response.text(400, "text/plain", "notificationId and notificationType are needed.");
    }
    String uId = text(body, "uId");
    String known = subscription.libraryId();
    if (known != null && uId != null && !known.equals(uId)) {
      LOG.warn("event=vpp_notification_of_other_library tenant={} token={}", tenantId, tokenId);
      return Response.empty(204);
    }
    NotifiedToken token = new NotifiedToken(tenantId, tokenId, clock.instant());
    boolean expected = TYPES.contains(type) || type.equals("TEST_NOTIFICATION");
    db.run(
        tx -> {
          if (AppleNotificationStore.insert(
              tx,
              token,
              new AppleNotificationStore.Notification(id, type, expected ? null : body))) {
            apply(tx, token, type, body.path("notification"));
          }
        });
    return Response.empty(204);
  }

  private void apply(Tx tx, NotifiedToken token, String type, JsonNode notification) {
    switch (type) {
      case "ASSET_COUNT" -> {
        String adamId = text(notification, "adamId");
        JsonNode delta = notification.path("countDelta");
        if (adamId != null && delta.isIntegralNumber() && delta.canConvertToInt()) {
          int counted =
              LicenceStore.addTotal(tx, token, adamId, pricing(notification), delta.asInt());
          LOG.debug("event=vpp_counted rows={}", counted);
          RecountJob.ask(jobs, tx, token, adamId);
        }
      }
      case "ASSET_MANAGEMENT" -> managed(tx, token, notification);
      default -> LOG.debug("event=vpp_notification type={}", type);
    }
  }

  private void managed(Tx tx, NotifiedToken token, JsonNode notification) {
    boolean done = "SUCCESS".equals(text(notification, "result"));
    boolean given = "ASSOCIATE".equals(text(notification, "type"));
    List<String> seen = new ArrayList<>();
    for (JsonNode entry : notification.path("assignments")) {
      Assignment licence = assignment(entry);
      if (licence == null) {
        continue;
      }
      if (done) {
        boolean changed =
            given ? LicenceStore.add(tx, token, licence) : LicenceStore.delete(tx, token, licence);
        LOG.debug("event=vpp_licence_told changed={}", changed);
      }
      if (!seen.contains(licence.adamId())) {
        seen.add(licence.adamId());
        RecountJob.ask(jobs, tx, token, licence.adamId());
      }
    }
    String eventId = text(notification, "eventId");
    if (eventId != null) {
      revocations.goOn(tx, token, eventId);
    }
  }

  /** Forgets notifications that are too old to come again. */
  void forgetOld(Instant now) {
    int forgotten;
    do {
      forgotten = db.statement(tx -> AppleNotificationStore.forget(tx, now.minus(KEEP)));
    } while (forgotten > 0);
  }

  private static boolean bearerFits(@Nullable String authorization, byte @Nullable [] hash) {
    String given =
        authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
            ? authorization.substring(7).strip()
            : "";
    // Compared even where there is nothing to compare with, so that time tells nothing.
    boolean same = MessageDigest.isEqual(Sha256.of(given), hash == null ? Sha256.of("") : hash);
    return same && hash != null && !given.isEmpty();
  }

  private static @Nullable Assignment assignment(JsonNode entry) {
    String adamId = text(entry, "adamId");
    String user = text(entry, "clientUserId");
    String serial = text(entry, "serialNumber");
    if (adamId == null || (user == null && serial == null)) {
      return null;
    }
    LicenceHolder holder =
        user != null
            ? LicenceHolder.user(user)
            : LicenceHolder.device(Objects.requireNonNull(serial));
    return new Assignment(adamId, pricing(entry), holder);
  }

  private static String pricing(JsonNode node) {
    String pricing = text(node, "pricingParam");
    return pricing == null ? Asset.STANDARD : pricing;
  }

  private static @Nullable String text(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() || value.isContainer() ? null : value.asString();
  }
}
