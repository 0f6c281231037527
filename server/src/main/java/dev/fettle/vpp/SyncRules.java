package dev.fettle.vpp;

import dev.fettle.vpp.apple.AppleError;
import dev.fettle.vpp.apple.AppleFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decisions about a sync from values and the time alone. */
final class SyncRules {

  /** The number of tries after which a sync counts as failed. */
  static final int ATTEMPTS = 6;

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SOONEST_DAILY = Duration.ofHours(12);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

  private SyncRules() {}

  /** The state after a refusal of Apple's; null if it says nothing about the token. */
  static @Nullable String refusedState(AppleError error, Instant expires, Instant now) {
    return switch (error.remedy()) {
      case RENEW_EXPIRED -> VppTokenRules.EXPIRED;
      case RENEW_INVALID -> expires.isAfter(now) ? VppTokenRules.INVALID : VppTokenRules.EXPIRED;
      case RETRY, RESTART_PAGING, NONE -> null;
    };
  }

  /** Continuations of a sync that brought nothing. */
  sealed interface AfterFailure {
    /** The same sync goes on then. */
    record GoOn(Instant when) implements AfterFailure {}

    /** It has failed, and the state is this now, if it changed. */
    record GiveUp(@Nullable String state) implements AfterFailure {}
  }

  /**
   * The continuation after a failure: trouble that may pass is tried again, with growing pauses and
   * no sooner than Apple asks; a refusal is final.
   *
   * @param attempt how often it was tried, from 1
   */
  static AfterFailure afterFailure(
      AppleFailure.Kind kind, int attempt, Instant expires, Instant now) {
    return switch (kind) {
      case AppleFailure.Kind.Refused(_, AppleError error) ->
          error.remedy() == AppleError.Remedy.RESTART_PAGING
              ? again(attempt, null, now)
              : new AfterFailure.GiveUp(refusedState(error, expires, now));
      case AppleFailure.Kind.Unavailable(_, Duration retryAfter) -> again(attempt, retryAfter, now);
      case AppleFailure.Kind.Unreadable _ -> again(attempt, null, now);
    };
  }

  private static AfterFailure again(int attempt, @Nullable Duration retryAfter, Instant now) {
    if (attempt >= ATTEMPTS) {
      return new AfterFailure.GiveUp(null);
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 10));
    if (retryAfter != null && retryAfter.compareTo(pause) > 0) {
      pause = retryAfter;
    }
    return new AfterFailure.GoOn(now.plus(pause));
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

  /**
   * The time of the next daily sync: each library has its own time of the day, so that they are
   * spread, and none comes within half a day.
   */
  static Instant nextDaily(String key, Instant now) {
    long offset = Math.floorMod(key.hashCode() * 2_654_435_761L, DAY.toSeconds());
    long earliest = now.plus(SOONEST_DAILY).getEpochSecond();
    long day = Math.floorDiv(earliest - offset, DAY.toSeconds()) + 1;
    return Instant.ofEpochSecond(day * DAY.toSeconds() + offset);
  }
}
