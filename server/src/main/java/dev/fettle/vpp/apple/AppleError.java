package dev.fettle.vpp.apple;

import java.util.HashMap;
import java.util.Map;

/**
 * What Apple refuses with: a number that means something, and what can be done about it. The text
 * that comes along varies and is never decided on; numbers that are not known yet are kept.
 */
public sealed interface AppleError {

  /** Apple's number. */
  int number();

  /** What the number means, in our words. */
  String meaning();

  /** What can be done about it. */
  Remedy remedy();

  /** What can be done about an error. */
  enum Remedy {
    /** The same request may work later. */
    RETRY,
    /** The content token has expired: a new one is needed. */
    RENEW_EXPIRED,
    /** Apple does not accept the content token though it may be in date: a new one is needed. */
    RENEW_INVALID,
    /** The request named too many things: send it in parts. */
    SPLIT,
    /** Paging has to begin again at the first page. */
    RESTART_PAGING,
    /** The delta is not to be had: read everything. */
    READ_ALL,
    /** Somebody has to buy licences. */
    BUY,
    /** Repeating does not help; a person or the program has to change something. */
    NONE
  }

  /** The error of a number. */
  static AppleError of(int number) {
    Known known = Known.BY_NUMBER.get(number);
    return known == null ? new Unknown(number) : known;
  }

  /** A number that nobody has told us of. */
  record Unknown(int number) implements AppleError {
    @Override
    public String meaning() {
      return "not known to this version";
    }

    @Override
    public Remedy remedy() {
      return Remedy.NONE;
    }
  }

  /** The numbers of Apple's documentation and of its live answers. */
  enum Known implements AppleError {
    LOGIN_REQUIRED(9601, Remedy.RENEW_INVALID, "login required"),
    INVALID_ARGUMENT(9602, Remedy.NONE, "invalid argument"),
    INTERNAL(9603, Remedy.RETRY, "internal error"),
    NO_REGISTERED_USER(9609, Remedy.NONE, "no such registered user"),
    LICENCE_NOT_FOUND(9610, Remedy.NONE, "licence not found"),
    ALREADY_ASSIGNED(9616, Remedy.NONE, "already assigned"),
    USER_ALREADY_RETIRED(9618, Remedy.NONE, "user already retired"),
    NOT_ASSOCIATED(9619, Remedy.NONE, "not associated"),
    TOKEN_EXPIRED(9621, Remedy.RENEW_EXPIRED, "the content token has expired"),
    TOKEN_INVALID(9622, Remedy.RENEW_INVALID, "invalid authentication token"),
    BAD_PUSH_TOKEN(9623, Remedy.NONE, "bad push token"),
    TOKEN_REVOKED(9625, Remedy.RENEW_INVALID, "the content token was revoked"),
    SERVICE_REMOVED(9634, Remedy.NONE, "the service was removed"),
    ACCOUNT_NOT_LINKABLE(9635, Remedy.NONE, "the Apple Account cannot be linked"),
    NOT_ALLOWED(9637, Remedy.NONE, "not allowed for the account behind the content token"),
    ACCOUNT_LINKED_ELSEWHERE(9641, Remedy.NONE, "the Apple Account is linked to another user"),
    MAINTENANCE(9644, Remedy.RETRY, "maintenance"),
    RUN_BY_APPLE(9645, Remedy.NONE, "the location is run by Apple's own management"),
    TOO_MANY_REQUESTS(9646, Remedy.RETRY, "too many requests"),
    LEGACY_TOKEN(9647, Remedy.NONE, "legacy token not supported"),
    PAGE_OUT_OF_RANGE(9650, Remedy.RESTART_PAGING, "page index out of range"),
    TOO_MANY_ASSETS(9700, Remedy.SPLIT, "too many assets"),
    TOO_MANY_USERS(9701, Remedy.SPLIT, "too many client user ids"),
    TOO_MANY_SERIALS(9702, Remedy.SPLIT, "too many serial numbers"),
    DUPLICATE_ASSETS(9703, Remedy.NONE, "duplicate assets"),
    DUPLICATE_USERS(9704, Remedy.NONE, "duplicate client user ids"),
    DUPLICATE_SERIALS(9705, Remedy.NONE, "duplicate serial numbers"),
    NOT_REVOCABLE(9706, Remedy.NONE, "the asset is not revocable"),
    NOT_DEVICE_ASSIGNABLE(9707, Remedy.NONE, "the asset cannot be assigned to devices"),
    UNKNOWN_EVENT(9708, Remedy.NONE, "unknown event id"),
    NOT_ENOUGH_LICENCES(9709, Remedy.BUY, "not enough licences"),
    NOTIFICATION_INCOMPLETE(9710, Remedy.NONE, "notification address and token go together"),
    NOTIFICATION_TOO_LONG(9711, Remedy.NONE, "notification address or token too long"),
    NOTIFICATION_NOT_HTTPS(9712, Remedy.NONE, "the notification address is not a valid HTTPS URL"),
    MDM_METADATA_TOO_LONG(9713, Remedy.NONE, "mdmInfo metadata too long"),
    TOO_MANY_USER_ENTRIES(9714, Remedy.SPLIT, "too many users"),
    DUPLICATE_USER_ENTRIES(9715, Remedy.NONE, "duplicate users"),
    ACTIVE_USER_EXISTS(9716, Remedy.NONE, "an active user with that client user id exists"),
    BAD_EMAIL(9717, Remedy.NONE, "bad e-mail address"),
    NO_ASSET(9718, Remedy.NONE, "no asset given"),
    NO_TARGET(9719, Remedy.NONE, "neither users nor serial numbers given"),
    NO_USERS(9720, Remedy.NONE, "users missing"),
    BAD_VERSION(9721, Remedy.READ_ALL, "bad version id"),
    BAD_AUTHORIZATION(9722, Remedy.RENEW_INVALID, "the Authorization header is not acceptable"),
    MDM_INFO_INCOMPLETE(9723, Remedy.NONE, "mdmInfo incomplete"),
    MDM_ID_TOO_LONG(9724, Remedy.NONE, "mdmInfo id too long"),
    MDM_NAME_TOO_LONG(9725, Remedy.NONE, "mdmInfo name too long"),
    WRONG_METHOD(9726, Remedy.NONE, "wrong method"),
    WRONG_CONTENT_TYPE(9727, Remedy.NONE, "wrong content type"),
    NOTIFICATION_UNREACHABLE(9728, Remedy.NONE, "the notification address does not answer"),
    UNAVAILABLE(9729, Remedy.RETRY, "temporarily unavailable"),
    SUBSCRIPTION_1(9811, Remedy.NONE, "subscription error"),
    SUBSCRIPTION_2(9812, Remedy.NONE, "subscription error"),
    SUBSCRIPTION_3(9813, Remedy.NONE, "subscription error"),
    SUBSCRIPTION_4(9814, Remedy.NONE, "subscription error"),
    SUBSCRIPTION_5(9815, Remedy.NONE, "subscription error"),
    SUBSCRIPTION_6(9816, Remedy.NONE, "subscription error"),
    SUBSCRIPTION_7(9817, Remedy.NONE, "subscription error"),
    SUBSCRIPTION_8(9818, Remedy.NONE, "subscription error");

    private static final Map<Integer, Known> BY_NUMBER = byNumber();

    private final int number;
    private final Remedy remedy;
    private final String meaning;

    Known(int number, Remedy remedy, String meaning) {
      this.number = number;
      this.remedy = remedy;
      this.meaning = meaning;
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public String meaning() {
      return meaning;
    }

    @Override
    public Remedy remedy() {
      return remedy;
    }

    private static Map<Integer, Known> byNumber() {
      Map<Integer, Known> all = new HashMap<>();
      for (Known known : values()) {
        all.put(known.number, known);
      }
      return Map.copyOf(all);
    }
  }
}
