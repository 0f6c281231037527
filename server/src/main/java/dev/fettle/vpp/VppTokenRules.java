package dev.fettle.vpp;

import dev.fettle.vpp.apple.ClientConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decisions about a vppToken from values and the time alone, and the states that it may be in. */
final class VppTokenRules {

  /** The time of what has not happened. */
  static final String NEVER = "0001-01-01T00:00:00.0000000Z";

  static final String UNKNOWN = "unknown";
  static final String VALID = "valid";
  static final String EXPIRED = "expired";
  static final String INVALID = "invalid";
  static final String HELD_ELSEWHERE = "assignedToExternalMDM";

  static final String NONE = "none";
  static final String IN_PROGRESS = "inProgress";

  /** Days before the expiry at which somebody is warned; 0 is the expiry itself. */
  static final List<Integer> WARN_DAYS = List.of(30, 14, 7, 1, 0);

  private VppTokenRules() {}

  /**
   * Observed wins over declared: what a caller says of the organisation, the expiry, the state and
   * the sync stands until the content token or Apple has said otherwise.
   *
   * @param was the stored properties
   * @param contentKnown whether a content token has said something
   * @param observed whether a sync has
   * @param said the stored properties with what the caller says in place
   */
  static VppTokenDetails settle(
      VppTokenDetails was, boolean contentKnown, boolean observed, VppTokenDetails said) {
    return new VppTokenDetails(
        said.settings(),
        contentKnown ? was.content() : said.content(),
        contentKnown || observed ? was.state() : said.state(),
        observed ? was.sync() : said.sync());
  }

  /**
   * True if notifications may be ended for a vppToken that is deleted: not those of the service
   * that holds the library now, nor those of another vppToken of the same library.
   *
   * @param url the address to which those of the deleted one came
   */
  static boolean silences(ClientConfig config, String ourId, String url) {
    return LibraryHolder.of(config.library(), ourId) instanceof LibraryHolder.Ours
        && url.equals(config.notificationUrl());
  }

  /** True if a caller now wishes a library to be taken over that another service was found with. */
  static boolean takesOver(VppToken known, VppTokenDetails said) {
    return known.contentKnown()
        && known.details().state().equals(HELD_ELSEWHERE)
        && !known.details().settings().claimFromExternalMdm()
        && said.settings().claimFromExternalMdm();
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
}
