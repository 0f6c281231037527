package dev.fettle.vpp;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.ContentToken;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where Apple sends notifications to, and with which bearer. */
final class NotificationSubscription {

  private static final Logger LOG = LoggerFactory.getLogger(NotificationSubscription.class);

  private final Db db;
  private final AppleClient apple;
  private final Ids ids;
  private final @Nullable URI base;
  private final AppleNotificationStore store = new AppleNotificationStore();

  /**
   * The addresses below a root.
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
  void listen(String tenantId, String tokenId, ContentToken content, ClientConfig config) {
    URI root = base;
    if (root == null) {
      return;
    }
    String text = root.toString();
    URI url =
        URI.create(
            (text.endsWith("/") ? text.substring(0, text.length() - 1) : text)
                + AppleNotifications.PATH
                + "/"
                + tenantId
                + "/"
                + tokenId);
    Optional<AppleNotificationStore.Listening> now =
        db.read(tx -> store.listening(tx, tenantId, tokenId));
    boolean there =
        now.isPresent()
            && now.get().hash() != null
            && url.toString().equals(now.get().url())
            && url.toString().equals(config.notificationUrl());
    if (there) {
      return;
    }
    String bearer = ids.hex(32);
    int stored =
        db.<Integer>tx(
            tx -> store.listen(tx, tenantId, tokenId, AppleNotifications.sha256(bearer), null));
    if (stored == 0) {
      return;
    }
    try {
      ClientConfig told =
          apple.sendNotifications(content, url.toString(), bearer, AppleNotifications.TYPES);
      LOG.info("event=vpp_notifications_on token={} types={}", tokenId, told.notificationTypes());
      db.read(
          tx ->
              store.listen(
                  tx, tenantId, tokenId, AppleNotifications.sha256(bearer), url.toString()));
    } catch (AppleFailure e) {
      LOG.warn(
          "event=vpp_notifications_off tenant={} token={} problem=\"{}\"",
          tenantId,
          tokenId,
          e.getMessage());
    }
  }
}
