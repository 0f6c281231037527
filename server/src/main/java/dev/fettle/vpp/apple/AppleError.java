package dev.fettle.vpp.apple;

import static dev.fettle.vpp.apple.AppleError.Remedy.NONE;
import static dev.fettle.vpp.apple.AppleError.Remedy.RENEW_EXPIRED;
import static dev.fettle.vpp.apple.AppleError.Remedy.RENEW_INVALID;
import static dev.fettle.vpp.apple.AppleError.Remedy.RESTART_PAGING;
import static dev.fettle.vpp.apple.AppleError.Remedy.RETRY;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An error of Apple's: its number, and what can be done about it. The text that comes along varies
 * and is never decided on; numbers that are not known yet are kept.
 *
 * @param meaning what the number means, in our words
 */
public record AppleError(int number, Remedy remedy, String meaning) {

  /** The number for an event that Apple does not know, or has forgotten. */
  public static final int UNKNOWN_EVENT = 9708;

  /** The number for a page that is not there, since the list has become shorter. */
  static final int PAGE_OUT_OF_RANGE = 9650;

  /** The number for a request too many; it was not worked on. */
  static final int TOO_MANY_REQUESTS = 9646;

  /** Ways to deal with an error. */
  public enum Remedy {
    /** The same request may work later. */
    RETRY,
    /** The content token has expired: a new one is needed. */
    RENEW_EXPIRED,
    /** Apple does not accept the content token though it may be in date: a new one is needed. */
    RENEW_INVALID,
    /** Paging has to begin again at the first page. */
    RESTART_PAGING,
    /** Repeating does not help; a person or the program has to change something. */
    NONE
  }

  /** The numbers of Apple's documentation and of its live answers. */
  private static final Map<Integer, AppleError> KNOWN =
      Stream.of(
              new AppleError(9601, RENEW_INVALID, "login required"),
              new AppleError(9602, NONE, "invalid argument"),
              new AppleError(9603, RETRY, "internal error"),
              new AppleError(9609, NONE, "no such registered user"),
              new AppleError(9610, NONE, "licence not found"),
              new AppleError(9616, NONE, "already assigned"),
              new AppleError(9618, NONE, "user already retired"),
              new AppleError(9619, NONE, "not associated"),
              new AppleError(9621, RENEW_EXPIRED, "the content token has expired"),
              new AppleError(9622, RENEW_INVALID, "invalid authentication token"),
              new AppleError(9623, NONE, "bad push token"),
              new AppleError(9625, RENEW_INVALID, "the content token was revoked"),
              new AppleError(9634, NONE, "the service was removed"),
              new AppleError(9635, NONE, "the Apple Account cannot be linked"),
              new AppleError(9637, NONE, "not allowed for the account behind the content token"),
              new AppleError(9641, NONE, "the Apple Account is linked to another user"),
              new AppleError(9644, RETRY, "maintenance"),
              new AppleError(9645, NONE, "the location is run by Apple's own management"),
              new AppleError(TOO_MANY_REQUESTS, RETRY, "too many requests"),
              new AppleError(9647, NONE, "legacy token not supported"),
              new AppleError(PAGE_OUT_OF_RANGE, RESTART_PAGING, "page index out of range"),
              new AppleError(9700, NONE, "too many assets"),
              new AppleError(9701, NONE, "too many client user ids"),
              new AppleError(9702, NONE, "too many serial numbers"),
              new AppleError(9703, NONE, "duplicate assets"),
              new AppleError(9704, NONE, "duplicate client user ids"),
              new AppleError(9705, NONE, "duplicate serial numbers"),
              new AppleError(9706, NONE, "the asset is not revocable"),
              new AppleError(9707, NONE, "the asset cannot be assigned to devices"),
              new AppleError(UNKNOWN_EVENT, NONE, "unknown event id"),
              new AppleError(9709, NONE, "not enough licences"),
              new AppleError(9710, NONE, "notification address and token go together"),
              new AppleError(9711, NONE, "notification address or token too long"),
              new AppleError(9712, NONE, "the notification address is not a valid HTTPS URL"),
              new AppleError(9713, NONE, "mdmInfo metadata too long"),
              new AppleError(9714, NONE, "too many users"),
              new AppleError(9715, NONE, "duplicate users"),
              new AppleError(9716, NONE, "an active user with that client user id exists"),
              new AppleError(9717, NONE, "bad e-mail address"),
              new AppleError(9718, NONE, "no asset given"),
              new AppleError(9719, NONE, "neither users nor serial numbers given"),
              new AppleError(9720, NONE, "users missing"),
              new AppleError(9721, NONE, "bad version id"),
              new AppleError(9722, RENEW_INVALID, "the Authorization header is not acceptable"),
              new AppleError(9723, NONE, "mdmInfo incomplete"),
              new AppleError(9724, NONE, "mdmInfo id too long"),
              new AppleError(9725, NONE, "mdmInfo name too long"),
              new AppleError(9726, NONE, "wrong method"),
              new AppleError(9727, NONE, "wrong content type"),
              new AppleError(9728, NONE, "the notification address does not answer"),
              new AppleError(9729, RETRY, "temporarily unavailable"))
          .collect(Collectors.toUnmodifiableMap(AppleError::number, Function.identity()));

  /** The error of a number. */
  public static AppleError of(int number) {
    AppleError known = KNOWN.get(number);
    if (known != null) {
      return known;
    }
    boolean subscription = number >= 9811 && number <= 9818;
    return new AppleError(
        number, NONE, subscription ? "subscription error" : "not known to this version");
  }
}
