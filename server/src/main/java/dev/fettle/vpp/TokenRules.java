package dev.fettle.vpp;

import dev.fettle.vpp.apple.AppleError;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ClientConfig;
import dev.fettle.vpp.apple.MdmInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What may be decided about a vppToken from values and the time alone. */
final class TokenRules {

  /** What a time is before there was one. */
  static final String NEVER = "0001-01-01T00:00:00.0000000Z";

  static final String UNKNOWN = "unknown";
  static final String VALID = "valid";
  static final String EXPIRED = "expired";
  static final String INVALID = "invalid";
  static final String HELD_ELSEWHERE = "assignedToExternalMDM";
  static final String DUPLICATE = "duplicateLocationId";

  static final String NONE = "none";
  static final String IN_PROGRESS = "inProgress";
  static final String COMPLETED = "completed";
  static final String FAILED = "failed";

  /** Days before the expiry at which somebody is warned; 0 is the expiry itself. */
  static final List<Integer> WARN_DAYS = List.of(30, 14, 7, 1, 0);

  /** How often a sync is tried in all before it counts as failed. */
  static final int SYNC_ATTEMPTS = 6;

  private static final Duration FIRST_SYNC_PAUSE = Duration.ofSeconds(30);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SOONEST_DAILY = Duration.ofHours(12);

  private TokenRules() {}

  /**
   * Observed wins over declared: what a caller says of the organisation, the expiry, the state and
   * the sync stands until the content token or Apple has said otherwise.
   *
   * @param known what is stored
   * @param said the same with what the caller says in place
   */
  static TokenDetails settle(VppToken known, TokenDetails said) {
    TokenDetails was = known.details();
    boolean content = known.contentKnown();
    boolean seen = known.observed();
    return new TokenDetails(
        said.displayName(),
        content ? was.organizationName() : said.organizationName(),
        said.accountType(),
        said.appleId(),
        content ? was.expires() : said.expires(),
        seen ? was.lastSync() : said.lastSync(),
        content || seen ? was.state() : said.state(),
        seen ? was.lastSyncStatus() : said.lastSyncStatus(),
        said.automaticallyUpdateApps(),
        said.country(),
        seen ? was.location() : said.location(),
        said.dataSharingConsentGranted(),
        said.claimFromExternalMdm(),
        said.roleScopeTagIds(),
        seen ? was.actionResults() : said.actionResults(),
        said.deliveryProtocol(),
        seen ? was.lastAppCount() : said.lastAppCount());
  }

  /** Whose a library is. */
  sealed interface Holder {
    /** Nobody has said; it is ours for the taking. */
    record Nobody() implements Holder {}

    /** Ours. */
    record Ours() implements Holder {}

    /** Another management service's. */
    record Other(String name) implements Holder {}
  }

  /**
   * By which id a library is held: unique for this installation, this tenant and this library, as
   * Apple asks.
   */
  static String ourId(String holder, String libraryId) {
    return holder + "-" + libraryId;
  }

  /** Whose a library is by what Apple says; by the id alone, since names may be equal. */
  static Holder holder(@Nullable MdmInfo mdmInfo, String ourId) {
    if (mdmInfo == null || mdmInfo.id().isEmpty()) {
      return new Holder.Nobody();
    }
    return mdmInfo.id().equals(ourId) ? new Holder.Ours() : new Holder.Other(mdmInfo.name());
  }

  /**
   * Whether notifications may be ended for a vppToken that is deleted: not those of the service
   * that holds the library now, nor those of another vppToken of the same library.
   *
   * @param url where those of the deleted one came
   */
  static boolean silences(ClientConfig config, String ourId, String url) {
    return holder(config.standing().mdmInfo(), ourId) instanceof Holder.Ours
        && url.equals(config.notificationUrl());
  }

  /** Whether a caller now wishes a library to be taken over that another service was found with. */
  static boolean takesOver(VppToken known, TokenDetails said) {
    return known.contentKnown()
        && known.details().state().equals(HELD_ELSEWHERE)
        && !known.details().claimFromExternalMdm()
        && said.claimFromExternalMdm();
  }

  /** What a refusal of Apple's makes of the state; null if it says nothing about the token. */
  static @Nullable String refusedState(AppleError error, Instant expires, Instant now) {
    return switch (error.remedy()) {
      case RENEW_EXPIRED -> EXPIRED;
      case RENEW_INVALID -> expires.isAfter(now) ? INVALID : EXPIRED;
      case RETRY, SPLIT, RESTART_PAGING, READ_ALL, BUY, NONE -> null;
    };
  }

  /** What comes after a sync that brought nothing. */
  sealed interface AfterFailure {
    /** The same sync goes on then. */
    record GoOn(Instant when) implements AfterFailure {}

    /** It has failed, and the state is this now, if it changed. */
    record GiveUp(@Nullable String state) implements AfterFailure {}
  }

  /**
   * What comes after a failure: trouble that may pass is tried again, with growing pauses and no
   * sooner than Apple asks; a refusal is final.
   *
   * @param attempt how often it was tried, from 1
   */
  static AfterFailure afterFailure(
      AppleFailure.Why why, int attempt, Instant expires, Instant now) {
    return switch (why) {
      case AppleFailure.Why.Refused(int ignored, AppleError error) ->
          error.remedy() == AppleError.Remedy.RESTART_PAGING
              ? again(attempt, null, now)
              : new AfterFailure.GiveUp(refusedState(error, expires, now));
      case AppleFailure.Why.Unavailable(String ignored, Duration retryAfter) ->
          again(attempt, retryAfter, now);
      case AppleFailure.Why.Garbled ignored -> again(attempt, null, now);
    };
  }

  private static AfterFailure again(int attempt, @Nullable Duration retryAfter, Instant now) {
    if (attempt >= SYNC_ATTEMPTS) {
      return new AfterFailure.GiveUp(null);
    }
    Duration pause = FIRST_SYNC_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 10));
    if (retryAfter != null && retryAfter.compareTo(pause) > 0) {
      pause = retryAfter;
    }
    return new AfterFailure.GoOn(now.plus(pause));
  }

  /**
   * When the daily sync comes next: each library has its own time of the day, so that they are
   * spread, and none comes within half a day.
   */
  static Instant nextDaily(String key, Instant now) {
    long offset = Math.floorMod(key.hashCode() * 2_654_435_761L, DAY.toSeconds());
    long earliest = now.plus(SOONEST_DAILY).getEpochSecond();
    long day = Math.floorDiv(earliest - offset, DAY.toSeconds()) + 1;
    return Instant.ofEpochSecond(day * DAY.toSeconds() + offset);
  }

  /** The warning that is due: the fewest days that the rest of the life fits in; null if none. */
  static @Nullable Integer warning(Instant expires, Instant now) {
    Integer due = null;
    for (int days : WARN_DAYS) {
      if (!now.plus(Duration.ofDays(days)).isBefore(expires)) {
        due = days;
      }
    }
    return due;
  }

  /** The total of a pile of licences as it is shown. */
  static int total(long sum) {
    return Math.clamp(sum, 0, Integer.MAX_VALUE);
  }

  /** The licences in use as they are shown: never below zero or above the total. */
  static int used(long sum, long totalSum) {
    return Math.clamp(sum, 0, total(totalSum));
  }

  /** The account type that Apple's platform stands for; null if it is a platform of its own. */
  static @Nullable String accountType(@Nullable String platform) {
    if (platform == null) {
      return null;
    }
    return switch (platform) {
      case "enterprisestore" -> "business";
      case "volumestore" -> "education";
      default -> null;
    };
  }

  /** The store's platform for an account type. */
  static String platform(String accountType) {
    return accountType.equals("education") ? "volumestore" : "enterprisestore";
  }

  /** A country as Intune prints it. */
  static @Nullable String country(@Nullable String iso) {
    return iso == null ? null : iso.toLowerCase(Locale.ROOT);
  }
}
