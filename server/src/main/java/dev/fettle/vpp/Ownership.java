package dev.fettle.vpp;

import dev.fettle.base.Ids;
import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Db;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleError;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ContentToken;
import dev.fettle.vpp.apple.LibraryInfo;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our ownership of libraries at Apple's: the id by which we hold them, and the calls about a
 * library when its vppToken is renewed or removed.
 */
final class Ownership {

  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
  private static final Duration ASK_LATER = Duration.ofSeconds(30);

  private final Db db;
  private final AppleClient apple;
  private final Ids ids;

  Ownership(Db db, AppleClient apple, Ids ids) {
    this.db = db;
    this.apple = apple;
    this.ids = ids;
  }

  /** The id by which a tenant of this installation holds libraries. */
  String holderId(String tenantId) {
    return db.tx(tx -> VppTokenStore.holder(tx, tenantId, ids.guid()));
  }

  /**
   * The id by which a library is held: unique for this installation, this tenant and this library,
   * as Apple asks.
   */
  static String ourId(String holderId, String libraryId) {
    return holderId + "-" + libraryId;
  }

  /**
   * Apple's word on a new content token, before it is stored.
   *
   * @param libraryId the library that it opens, if Apple was asked
   */
  record Renewal(@Nullable String libraryId, String state, @Nullable String heldBy) {
    static final Renewal NOT_ASKED = new Renewal(null, VppTokenRules.UNKNOWN, null);
  }

  /**
   * Asks Apple about a content token that is to take the place of another of the same library.
   *
   * @param claims whether the library may be taken over from another service
   */
  Renewal renewal(String tenantId, String libraryId, boolean claims, ContentToken content) {
    LibraryInfo library;
    try {
      library = apple.clientConfig(content).library();
    } catch (AppleFailure e) {
      throw new Refusal(refused(e));
    }
    if (!library.libraryId().equals(libraryId)) {
      throw Refusal.invalid(
          "token",
          "The content token opens another location (%s) than this vppToken (%s). Apps and"
                  .formatted(library.libraryId(), libraryId)
              + " assignments hang on the location: create another vppToken for it.");
    }
    String ourId = ourId(holderId(tenantId), libraryId);
    return !claims && LibraryHolder.of(library, ourId) instanceof LibraryHolder.Other(String name)
        ? new Renewal(libraryId, VppTokenRules.HELD_ELSEWHERE, name)
        : new Renewal(libraryId, VppTokenRules.VALID, null);
  }

  private static Reason refused(AppleFailure e) {
    return switch (e.kind()) {
      case AppleFailure.Kind.Refused(_, AppleError error) ->
          Reason.invalid(
              "token",
              "Apple does not accept the content token: error %d, %s. The one stored before stays."
                  .formatted(error.number(), error.meaning()));
      case AppleFailure.Kind.Unavailable(String what, Duration retryAfter) ->
          new Reason.Unavailable(
              retryAfter == null ? ASK_LATER : retryAfter,
              "Apple could not be asked whether the content token opens the same location: %s."
                      .formatted(what)
                  + " Nothing was changed; try again later.");
      case AppleFailure.Kind.Unreadable _ ->
          new Reason.Unavailable(
              ASK_LATER,
              "Apple's answer about the content token could not be read. Nothing was changed; try"
                  + " again later.");
    };
  }

  /**
   * Ends the notifications about a vppToken that was removed, if they are ours to end. Good manners
   * towards Apple; nothing hangs on it, so nobody should wait for it.
   *
   * @param url the address that they came to
   */
  void endNotifications(String id, ContentToken content, String ourId, String url) {
    try {
      if (!VppTokenRules.silences(apple.clientConfig(content), ourId, url)) {
        LOG.info("event=vpp_notifications_of_another token={}", id);
        return;
      }
      LOG.info(
          "event=vpp_notifications_off token={} as={}",
          id,
          apple.sendNotifications(content, "", "", List.of()).library());
    } catch (AppleFailure e) {
      LOG.info("event=vpp_notifications_left token={} problem=\"{}\"", id, e.getMessage());
    }
  }
}
