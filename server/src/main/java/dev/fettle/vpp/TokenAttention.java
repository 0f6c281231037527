package dev.fettle.vpp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What about a vppToken needs a person, and why. */
record TokenAttention(String reason, String message, @Nullable Instant since) {

  /**
   * What is known of one vppToken.
   *
   * @param duplicate whether another vppToken of the tenant opens the same library
   */
  record Facts(
      String state,
      boolean contentKnown,
      Instant expires,
      @Nullable String heldBy,
      boolean duplicate,
      @Nullable Instant failingSince,
      @Nullable String problem) {}

  /** Everything that needs a person, the most pressing first; nothing for most. */
  static List<TokenAttention> of(Facts facts, Instant now) {
    List<TokenAttention> all = new ArrayList<>();
    switch (facts.state()) {
      case VppTokenRules.EXPIRED -> all.add(expired(facts, now));
      case VppTokenRules.INVALID -> all.add(invalid(facts));
      case VppTokenRules.HELD_ELSEWHERE ->
          all.add(
              new TokenAttention(
                  "heldByAnotherService",
                  "Another management service holds the location: %s. Take it out there, or set"
                          .formatted(facts.heldBy() == null ? "it gives no name" : facts.heldBy())
                      + " claimTokenManagementFromExternalMdm.",
                  facts.failingSince()));
      default -> expiring(facts, now, all);
    }
    if (facts.duplicate()) {
      all.add(
          new TokenAttention(
              "duplicateLocation",
              "Another vppToken of this tenant opens the same location. Delete one of the two.",
              null));
    }
    if (facts.failingSince() != null) {
      all.add(
          new TokenAttention(
              "syncFailing",
              "The sync fails: "
                  + (facts.problem() == null ? "no reason is known" : facts.problem()),
              facts.failingSince()));
    }
    return all;
  }

  private static TokenAttention invalid(Facts facts) {
    return facts.contentKnown()
        ? new TokenAttention(
            "revoked",
            "Apple does not accept the content token any more: the password, the domain or the"
                + " state of the Managed Apple Account changed, or a newer token was downloaded."
                + " Send a new one as 'token'.",
            facts.failingSince())
        : new TokenAttention(
            "noContentToken",
            "What was given as 'token' is no content token. Send the whole text of the .vpptoken"
                + " file from Apple.",
            facts.failingSince());
  }

  /** Apple may end a content token before its date; then it is known since a sync found out. */
  private static TokenAttention expired(Facts facts, Instant now) {
    return new TokenAttention(
        "expired",
        "The content token has expired. Download a new one from Apple and send it as 'token'.",
        facts.expires().isAfter(now) ? facts.failingSince() : facts.expires());
  }

  private static void expiring(Facts facts, Instant now, List<TokenAttention> all) {
    if (facts.contentKnown() && !facts.expires().isAfter(now)) {
      all.add(expired(facts, now));
    } else if (facts.contentKnown() && facts.expires().isBefore(now.plus(Duration.ofDays(30)))) {
      long days = Duration.between(now, facts.expires()).toDays();
      all.add(
          new TokenAttention(
              "expiring",
              "The content token expires in %d days. Download a new one from Apple and send it as"
                      .formatted(days)
                  + " 'token'; the id, the apps and their assignments stay.",
              facts.expires()));
    }
  }
}
