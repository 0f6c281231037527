package dev.fettle.vpp;

import dev.fettle.vpp.apple.LicenceHolder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One action that takes licences back.
 *
 * @param appId the app whose licences; null for all of the vppToken's
 * @param holderKind the kind of holder if one holder's licence is meant
 */
record Revocation(
    String id,
    String tokenId,
    @Nullable String appId,
    String actionName,
    LicenceHolder.@Nullable Kind holderKind,
    @Nullable String holder,
    boolean untracked,
    String state,
    String failureReason,
    int total,
    int failed,
    List<String> eventIds,
    @Nullable Instant eventsSince,
    Instant startedDateTime,
    Instant lastUpdatedDateTime) {

  Revocation {
    eventIds = List.copyOf(eventIds);
  }

  /** A revocation that Apple was not asked for yet. */
  static Revocation pending(
      String id,
      String tokenId,
      @Nullable String appId,
      String actionName,
      @Nullable LicenceHolder holder,
      boolean untracked,
      Instant now) {
    return new Revocation(
        id,
        tokenId,
        appId,
        actionName,
        holder == null ? null : holder.kind(),
        holder == null ? null : holder.id(),
        untracked,
        "pending",
        "none",
        0,
        0,
        List.of(),
        null,
        now,
        now);
  }

  boolean isOver() {
    return state.equals("done") || state.equals("failed");
  }

  /** The same once Apple works on these events. */
  Revocation active(int newTotal, int newFailed, List<String> events, Instant now) {
    return with("active", failureReason, newTotal, newFailed, events, now, now);
  }

  /** The same while these events are left. */
  Revocation progressed(int newFailed, List<String> events, Instant now) {
    return with(state, failureReason, total, newFailed, events, eventsSince, now);
  }

  /** The same at its end. */
  Revocation over(String newState, String reason, int newFailed, Instant now) {
    int newTotal = Math.max(total, newFailed);
    return with(newState, reason, newTotal, newFailed, List.of(), eventsSince, now);
  }

  private Revocation with(
      String newState,
      String newReason,
      int newTotal,
      int newFailed,
      List<String> newEvents,
      @Nullable Instant since,
      Instant now) {
    return new Revocation(
        id,
        tokenId,
        appId,
        actionName,
        holderKind,
        holder,
        untracked,
        newState,
        newReason,
        newTotal,
        newFailed,
        newEvents,
        since,
        startedDateTime,
        now);
  }
}
