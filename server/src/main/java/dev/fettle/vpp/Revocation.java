package dev.fettle.vpp;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One action that takes licences back.
 *
 * @param appId the app whose licences; null for all of the vppToken's
 * @param holderKind {@code user} or {@code device} if one holder's licence is meant
 */
record Revocation(
    String id,
    String tokenId,
    @Nullable String appId,
    String actionName,
    @Nullable String holderKind,
    @Nullable String holder,
    boolean untracked,
    String state,
    String failureReason,
    int total,
    int failed,
    List<String> eventIds,
    @Nullable Instant eventsSince,
    Instant started,
    Instant updated) {

  Revocation {
    eventIds = List.copyOf(eventIds);
  }

  boolean isOver() {
    return state.equals("done") || state.equals("failed");
  }

  Revocation active(int newTotal, List<String> events, Instant now) {
    return new Revocation(
        id,
        tokenId,
        appId,
        actionName,
        holderKind,
        holder,
        untracked,
        "active",
        failureReason,
        newTotal,
        failed,
        events,
        now,
        started,
        now);
  }

  Revocation progressed(int newFailed, List<String> events, Instant now) {
    return new Revocation(
        id,
        tokenId,
        appId,
        actionName,
        holderKind,
        holder,
        untracked,
        state,
        failureReason,
        total,
        newFailed,
        events,
        eventsSince,
        started,
        now);
  }

  Revocation over(String newState, String reason, int newFailed, Instant now) {
    return new Revocation(
        id,
        tokenId,
        appId,
        actionName,
        holderKind,
        holder,
        untracked,
        newState,
        reason,
        Math.max(total, newFailed),
        newFailed,
        List.of(),
        eventsSince,
        started,
        now);
  }
}
