package dev.fettle.vpp;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.http.Handler;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Jobs;
import dev.fettle.jobs.Next;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.Asset;
import dev.fettle.vpp.apple.Assignment;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.ContentToken;
import dev.fettle.vpp.apple.Target;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Receives what Apple tells about libraries: {@code POST /fettle/vpp/notifications/{tenant}/{id}}
 * with a bearer that we gave to Apple and of which only the hash is stored.
 *
 * <p>Each notification counts once, by its id. Counts are sums, so the order does not matter; and
 * since a notification may get lost, or tell of what a sync has read already, each one that changes
 * counts also asks for the asset to be read again a little later.
 */
final class VppNotifications implements Handler {

  /** The path below which notifications are received. */
  static final String PATH = "/fettle/vpp/notifications";

  /** The kind under which single assets are read again. */
  static final String RECOUNT = "vpp.recount";

  private static final Logger LOG = LoggerFactory.getLogger(VppNotifications.class);
  private static final List<String> TYPES =
      List.of("ASSET_COUNT", "ASSET_MANAGEMENT", "USER_MANAGEMENT", "USER_ASSOCIATED");
  private static final int LARGEST = 1024 * 1024;
  private static final Duration RECOUNT_AFTER = Duration.ofSeconds(60);
  private static final Duration RECOUNT_AGAIN = Duration.ofMinutes(5);
  private static final Duration KEEP = Duration.ofDays(30);

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

  private static final String WAITING =
      """
      select id from vpp_revocation
      where tenant_id = ? and token_id = ? and ? = any(event_ids)
      """;

  private final Db db;
  private final Jobs jobs;
  private final AppleClient apple;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Ids ids;
  private final @Nullable URI base;
  private final TokenStore tokens = new TokenStore();
  private final LibraryStore library = new LibraryStore();

  VppNotifications(VppParts parts) {
    this.db = parts.db();
    this.jobs = parts.jobs();
    this.apple = parts.apple();
    this.secrets = parts.secrets();
    this.clock = parts.clock();
    this.ids = parts.ids();
    this.base = parts.settings().notificationBase();
  }

  @Override
  public Response handle(Request request) {
    try {
      if (!request.method().equals("POST")) {
        return Response.empty(405).with("Allow", "POST");
      }
      List<String> segments = request.segments();
      if (segments.size() != 5) {
        return Response.empty(404);
      }
      return receive(request, segments.get(3), segments.get(4));
    } catch (Refusal e) {
      if (e.reason() instanceof Reason.Unavailable) {
        return Response.empty(503);
      }
      return Response.text(400, "text/plain", "The notification cannot be read.");
    }
  }

  private Response receive(Request request, String tenantId, String tokenId) {
    Optional<TokenStore.Listening> listening =
        db.read(tx -> tokens.listening(tx, tenantId, tokenId));
    byte[] hash = listening.isPresent() ? listening.get().hash() : null;
    if (!bearerFits(request.header("Authorization"), hash)) {
      return Response.empty(401).with("WWW-Authenticate", "Bearer");
    }
    JsonNode body = Json.read(request.body(LARGEST));
    String id = text(body, "notificationId");
    String type = text(body, "notificationType");
    if (id == null || type == null || id.length() > 200 || type.length() > 200) {
      return Response.text(400, "text/plain", "notificationId and notificationType are needed.");
    }
    String uId = text(body, "uId");
    String known = listening.isPresent() ? listening.get().libraryId() : null;
    if (known != null && uId != null && !known.equals(uId)) {
      LOG.warn("event=vpp_notification_of_other_library tenant={} token={}", tenantId, tokenId);
      return Response.empty(204);
    }
    Instant now = clock.instant();
    db.tx(
        tx -> {
          boolean expected = TYPES.contains(type) || type.equals("TEST_NOTIFICATION");
          int added =
              tx.update(Sql.of(INSERT, tenantId, tokenId, id, type, expected ? null : body, now));
          if (added == 1) {
            apply(
                tx,
                new LibraryStore.Run(tenantId, tokenId, ""),
                type,
                body.path("notification"),
                now);
          }
          return true;
        });
    return Response.empty(204);
  }

  private void apply(
      Tx tx, LibraryStore.Run token, String type, JsonNode notification, Instant now) {
    switch (type) {
      case "ASSET_COUNT" -> {
        String adamId = text(notification, "adamId");
        JsonNode delta = notification.path("countDelta");
        if (adamId != null && delta.isIntegralNumber() && delta.canConvertToInt()) {
          int counted =
              library.addTotal(tx, token, adamId, pricing(notification), delta.asInt(), now);
          LOG.debug("event=vpp_counted rows={}", counted);
          recount(tx, token, adamId, now);
        }
      }
      case "ASSET_MANAGEMENT" -> managed(tx, token, notification, now);
      default -> LOG.debug("event=vpp_notification type={}", type);
    }
  }

  private void managed(Tx tx, LibraryStore.Run token, JsonNode notification, Instant now) {
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
            given ? library.give(tx, token, licence, now) : library.take(tx, token, licence, now);
        LOG.debug("event=vpp_licence_told changed={}", changed);
      }
      if (!seen.contains(licence.adamId())) {
        seen.add(licence.adamId());
        recount(tx, token, licence.adamId(), now);
      }
    }
    String eventId = text(notification, "eventId");
    if (eventId != null) {
      tx.list(Sql.of(WAITING, token.tenantId(), token.tokenId(), eventId), row -> row.text("id"))
          .forEach(id -> jobs.ask(tx, VppRevocations.KIND, new JobKey(token.tenantId(), id), now));
    }
  }

  private void recount(Tx tx, LibraryStore.Run token, String adamId, Instant now) {
    jobs.ask(
        tx,
        RECOUNT,
        new JobKey(token.tenantId(), token.tokenId() + "/" + adamId),
        now.plus(RECOUNT_AFTER));
  }

  /** Reads one asset again; a job step. */
  Next recount(JobKey job, Instant now) {
    int slash = job.key().indexOf('/');
    LibraryStore.Run token =
        new LibraryStore.Run(job.tenantId(), job.key().substring(0, slash), "");
    String adamId = job.key().substring(slash + 1);
    Optional<ContentToken> content = content(token);
    if (content.isEmpty()) {
      return Next.done();
    }
    try {
      List<Asset> assets = new ArrayList<>();
      boolean whole = apple.asset(content.get(), adamId, page -> assets.addAll(page.records()));
      LOG.debug("event=vpp_recounted whole={}", whole);
      db.tx(
          tx -> {
            assets.forEach(
                asset ->
                    LOG.debug(
                        "event=vpp_counts_set rows={}",
                        library.setCounts(tx, token, asset, clock.instant())));
            return true;
          });
      return Next.done();
    } catch (AppleFailure e) {
      return switch (e.why()) {
        case AppleFailure.Why.Refused ignored -> Next.done();
        case AppleFailure.Why.Unavailable ignored -> Next.again(now.plus(RECOUNT_AGAIN));
        case AppleFailure.Why.Garbled ignored -> Next.again(now.plus(RECOUNT_AGAIN));
      };
    }
  }

  private Optional<ContentToken> content(LibraryStore.Run token) {
    return db.read(tx -> tokens.find(tx, token.tenantId(), token.tokenId()))
        .flatMap(stored -> secrets.content(token.tenantId(), stored));
  }

  /**
   * Has Apple send notifications here, if it does not already. Apple tries the address at once, so
   * the hash is stored before. Without notifications everything is as right, only later.
   */
  void listen(String tenantId, String tokenId, ContentToken content, ClientConfig config) {
    URI root = base;
    if (root == null) {
      return;
    }
    String text = root.toString();
    URI url =
        URI.create(
            (text.endsWith("/") ? text.substring(0, text.length() - 1) : text)
                + PATH
                + "/"
                + tenantId
                + "/"
                + tokenId);
    Optional<TokenStore.Listening> now = db.read(tx -> tokens.listening(tx, tenantId, tokenId));
    boolean there =
        now.isPresent()
            && now.get().hash() != null
            && url.toString().equals(now.get().url())
            && url.toString().equals(config.notificationUrl());
    if (there) {
      return;
    }
    String bearer = ids.hex(32);
    int stored = db.<Integer>tx(tx -> tokens.listen(tx, tenantId, tokenId, sha256(bearer), null));
    if (stored == 0) {
      return;
    }
    try {
      ClientConfig told = apple.notify(content, url, bearer, TYPES);
      LOG.info("event=vpp_notifications_on token={} types={}", tokenId, told.notificationTypes());
      db.read(tx -> tokens.listen(tx, tenantId, tokenId, sha256(bearer), url.toString()));
    } catch (AppleFailure e) {
      LOG.warn(
          "event=vpp_notifications_off tenant={} token={} problem=\"{}\"",
          tenantId,
          tokenId,
          e.getMessage());
    }
  }

  /** Forgets notifications that are too old to come again. */
  void forgetOld(Instant now) {
    int forgotten;
    do {
      forgotten = db.<Integer>read(tx -> tx.update(Sql.of(FORGET, now.minus(KEEP))));
    } while (forgotten > 0);
  }

  private static boolean bearerFits(@Nullable String authorization, byte @Nullable [] hash) {
    String given =
        authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
            ? authorization.substring(7).strip()
            : "";
    // Compared even where there is nothing to compare with, so that time tells nothing.
    boolean same = MessageDigest.isEqual(sha256(given), hash == null ? sha256("") : hash);
    return same && hash != null && !given.isEmpty();
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Assignment assignment(JsonNode entry) {
    String adamId = text(entry, "adamId");
    String user = text(entry, "clientUserId");
    String serial = text(entry, "serialNumber");
    if (adamId == null || (user == null && serial == null)) {
      return null;
    }
    return new Assignment(
        adamId,
        pricing(entry),
        user == null && serial != null
            ? new Target.Device(serial)
            : new Target.User(user == null ? "" : user));
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
