package dev.fettle.vpp;

import dev.fettle.graph.schema.PreciseTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vppToken that may need a person.
 *
 * @param duplicate whether another vppToken of the tenant opens the same library
 */
record TokenAttention(
    String id,
    @Nullable String displayName,
    @Nullable String organizationName,
    @Nullable String appleId,
    String state,
    boolean contentKnown,
    String expirationDateTime,
    @Nullable String heldBy,
    boolean duplicate,
    @Nullable Instant syncFailingSince,
    @Nullable String syncProblem) {

  /** One reason for which a vppToken needs a person. */
  record Reason(String reason, String message, @Nullable Instant since) {}

  /** Everything that needs a person, the most pressing first; nothing for most. */
  List<Reason> reasons(Instant now) {
    List<Reason> all = new ArrayList<>();
    Instant expires = PreciseTime.instant(expirationDateTime);
    switch (state) {
      case VppTokenRules.EXPIRED -> all.add(expired(expires, now));
      case VppTokenRules.INVALID -> all.add(invalid());
      case VppTokenRules.HELD_ELSEWHERE ->
          all.add(
              new Reason(
                  "heldByAnotherService",
                  "Another management service holds the location: %s. Take it out there, or set"
                          .formatted(heldBy == null ? "it gives no name" : heldBy)
                      + " claimTokenManagementFromExternalMdm.",
                  syncFailingSince));
      default -> expiring(expires, now, all);
    }
    if (duplicate) {
      all.add(
          new Reason(
              "duplicateLocation",
              "Another vppToken of this tenant opens the same location. Delete one of the two.",
              null));
    }
    if (syncFailingSince != null) {
      all.add(
          new Reason(
              "syncFailing",
              "The sync fails: " + (syncProblem == null ? "no reason is known" : syncProblem),
              syncFailingSince));
    }
    return all;
  }

  private Reason invalid() {
    return contentKnown
        ? new Reason(
            "revoked",
            "Apple does not accept the content token any more: the password, the domain or the"
                + " state of the Managed Apple Account changed, or a newer token was downloaded."
                + " Send a new one as 'token'.",
            syncFailingSince)
        : new Reason(
            "noContentToken",
            "What was given as 'token' is no content token. Send the whole text of the .vpptoken"
                + " file from Apple.",
            syncFailingSince);
  }

  /** Apple may end a content token before its date; then it is known since a sync found out. */
  private Reason expired(Instant expires, Instant now) {
    return new Reason(
        "expired",
        "The content token has expired. Download a new one from Apple and send it as 'token'.",
        expires.isAfter(now) ? syncFailingSince : expires);
  }

  private void expiring(Instant expires, Instant now, List<Reason> all) {
    if (contentKnown && !expires.isAfter(now)) {
      all.add(expired(expires, now));
    } else if (contentKnown && expires.isBefore(now.plus(Duration.ofDays(30)))) {
      long days = Duration.between(now, expires).toDays();
      all.add(
          new Reason(
              "expiring",
              "The content token expires in %d days. Download a new one from Apple and send it as"
                      .formatted(days)
                  + " 'token'; the id, the apps and their assignments stay.",
              expires));
    }
  }
}
