package dev.fettle.vpp;

import dev.fettle.base.Ids;
import dev.fettle.base.Sha256;
import dev.fettle.db.Db;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.ContentToken;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subscriptions of Apple's notifications: an address below our root, and a bearer. */
final class NotificationSubscription {

  private static final Logger LOG = LoggerFactory.getLogger(NotificationSubscription.class);

  private final Db db;
  private final AppleClient apple;
  private final Ids ids;
  private final @Nullable URI base;

  /**
   * The subscriptions of a server.
   *
   * @param base the public root of this server; null to do without notifications
   */
  NotificationSubscription(Db db, AppleClient apple, Ids ids, @Nullable URI base) {
    this.db = db;
    this.apple = apple;
    this.ids = ids;
    this.base = base;
  }

  /**
   * Has Apple send notifications here, if it does not already. Apple tries the address at once, so
   * the hash is stored before. Without notifications everything is as right, only later.
   */
  void subscribe(String tenantId, String tokenId, ContentToken content, ClientConfig config) {
    URI root = base;
    if (root == null) {
      return;
    }
    String text = root.toString();
    String url =
        (text.endsWith("/") ? text.substring(0, text.length() - 1) : text)
            + "%s/%s/%s".formatted(AppleNotifications.PATH, tenantId, tokenId);
    boolean there =
        url.equals(config.notificationUrl())
            && db.statement(tx -> AppleNotificationStore.subscription(tx, tenantId, tokenId))
                .filter(known -> known.hash() != null && url.equals(known.url()))
                .isPresent();
    if (there) {
      return;
    }
    String bearer = ids.hex(32);
    byte[] hash = Sha256.of(bearer);
    if (db.tx(tx -> AppleNotificationStore.subscribe(tx, tenantId, tokenId, hash, null)) == 0) {
      return;
    }
    try {
      ClientConfig told = apple.sendNotifications(content, url, bearer, AppleNotifications.TYPES);
      db.statement(tx -> AppleNotificationStore.subscribe(tx, tenantId, tokenId, hash, url));
      LOG.info("event=vpp_notifications_on token={} types={}", tokenId, told.notificationTypes());
    } catch (AppleFailure e) {
      LOG.warn(
          "event=vpp_notifications_off tenant={} token={} problem=\"{}\"",
          tenantId,
          tokenId,
          e.getMessage());
    }
  }
}
