package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.db.Db;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Jobs;
import dev.fettle.jobs.Next;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleError;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.Assignment;
import dev.fettle.vpp.apple.ContentToken;
import dev.fettle.vpp.apple.EventStatus;
import dev.fettle.vpp.apple.LibraryInfo;
import dev.fettle.vpp.apple.LicenceHolder;
import dev.fettle.vpp.apple.Page;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on revocations: reads who holds licences at Apple, asks for them back in portions that
 * Apple takes, and follows the events to their end.
 *
 * <p>Apple gives no key by which a repeated request is known, so after an answer that got lost the
 * assignments are read again before it is asked again.
 */
final class RevocationJob {

  /** The kind under which revocations are worked on. */
  static final String KIND = "vpp.revoke";

  private static final Logger LOG = LoggerFactory.getLogger(RevocationJob.class);
  private static final Duration BETWEEN_ASKS = Duration.ofSeconds(30);
  private static final Duration ASK_APPLE_AGAIN = Duration.ofMinutes(10);
  private static final Duration GIVE_UP = Duration.ofHours(24);

  /** Another service holds the library, so its licences are not ours to take back. */
  private static final class HeldElsewhere extends RuntimeException {
    private HeldElsewhere() {
      super("another management service holds the location", null, false, false);
    }
  }

  private final Db db;
  private final Jobs jobs;
  private final AuditTrail audit;
  private final AppleClient apple;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Ownership ownership;
  private final VppAppStore apps = new VppAppStore();
  private final RevocationStore store = new RevocationStore();

  RevocationJob(
      Db db,
      Jobs jobs,
      AuditTrail audit,
      AppleClient apple,
      Secrets secrets,
      InstantSource clock,
      Ownership ownership) {
    this.db = db;
    this.jobs = jobs;
    this.audit = audit;
    this.apple = apple;
    this.secrets = secrets;
    this.clock = clock;
    this.ownership = ownership;
  }

  /** The next step of a revocation; a job step. */
  Next step(JobKey job, Instant now) {
    Revocation one = db.read(tx -> store.find(tx, job.tenantId(), job.key())).orElse(null);
    if (one == null || one.isOver()) {
      return Next.done();
    }
    if (one.started().plus(GIVE_UP).isBefore(now)) {
      return over(job.tenantId(), one, "internalError", one.failed());
    }
    Optional<ContentToken> content = secrets.content(job.tenantId(), one.tokenId());
    if (content.isEmpty()) {
      return over(job.tenantId(), one, "internalError", one.failed());
    }
    try {
      return one.state().equals("pending")
          ? ask(job.tenantId(), one, content.get())
          : follow(job.tenantId(), one, content.get(), now);
    } catch (HeldElsewhere e) {
      LOG.warn("event=vpp_revocation_left tenant={} token={}", job.tenantId(), one.tokenId());
      return over(job.tenantId(), one, "appleFailure", Math.max(one.failed(), one.total()));
    } catch (AppleFailure e) {
      return switch (e.kind()) {
        case AppleFailure.Kind.Refused(int ignored, AppleError error) ->
            over(
                job.tenantId(),
                one,
                error.remedy() == AppleError.Remedy.RENEW_EXPIRED
                    ? "expiredVppToken"
                    : "appleFailure",
                Math.max(one.failed(), one.total()));
        case AppleFailure.Kind.Unavailable(String ignored, Duration retryAfter) ->
            Next.again(
                now.plus(
                    retryAfter == null || retryAfter.compareTo(BETWEEN_ASKS) < 0
                        ? BETWEEN_ASKS
                        : retryAfter));
        case AppleFailure.Kind.Unreadable ignored -> Next.again(now.plus(BETWEEN_ASKS));
      };
    }
  }

  /** Reads who holds licences now, and asks for them back. */
  private Next ask(String tenantId, Revocation one, ContentToken content) {
    Map<AssetKey, List<LicenceHolder>> piles = holders(tenantId, one, content);
    int total = one.total();
    int failed = one.failed();
    List<String> events = new ArrayList<>();
    for (Map.Entry<AssetKey, List<LicenceHolder>> pile : piles.entrySet()) {
      for (List<LicenceHolder> portion : apple.portions(pile.getValue())) {
        total += portion.size();
        try {
          events.add(
              apple.disassociate(
                  content, pile.getKey().adamId(), pile.getKey().pricing(), portion));
        } catch (AppleFailure e) {
          if (!(e.kind() instanceof AppleFailure.Kind.Refused(int ignored, AppleError error))
              || error.remedy() == AppleError.Remedy.RENEW_EXPIRED
              || error.remedy() == AppleError.Remedy.RENEW_INVALID) {
            throw e;
          }
          failed += portion.size();
        }
      }
    }
    if (events.isEmpty()) {
      return over(tenantId, one, failed > 0 ? "appleFailure" : "none", failed);
    }
    Instant now = clock.instant();
    Revocation active = one.active(total, events, now).progressed(failed, events, now);
    save(tenantId, active);
    return Next.again(now.plus(BETWEEN_ASKS));
  }

  private record AssetKey(String adamId, String pricing) {}

  private Map<AssetKey, List<LicenceHolder>> holders(
      String tenantId, Revocation one, ContentToken content) {
    String appId = one.appId();
    VppApp app = appId == null ? null : db.read(tx -> apps.find(tx, tenantId, appId)).orElse(null);
    if (appId != null && app == null) {
      return Map.of();
    }
    Set<Assignment> tracked =
        one.untracked()
            ? Set.of()
            : new HashSet<>(db.read(tx -> store.tracked(tx, tenantId, one.tokenId())));
    String holder = ownership.holderId(tenantId);
    Map<AssetKey, List<LicenceHolder>> piles = new LinkedHashMap<>();
    Set<Assignment> seen = new HashSet<>();
    Consumer<Page<Assignment>> collect =
        page -> {
          requireOurs(page.library(), holder);
          page.records().stream()
              .filter(licence -> one.untracked() || tracked.contains(licence))
              .filter(licence -> app == null || licence.pricing().equals(app.pricing()))
              .filter(licence -> fits(one, licence.holder()))
              .filter(seen::add)
              .forEach(
                  licence ->
                      piles
                          .computeIfAbsent(
                              new AssetKey(licence.adamId(), licence.pricing()),
                              key -> new ArrayList<>())
                          .add(licence.holder()));
        };
    // What slips between pages that change is found by the next action; nothing is taken twice.
    boolean whole =
        apple.assignments(content, app == null ? null : app.adamId(), collect);
    LOG.debug("event=vpp_holders_read whole={} licences={}", whole, seen.size());
    return piles;
  }

  private static void requireOurs(LibraryInfo library, String holder) {
    String ourId = Ownership.ourId(holder, library.libraryId());
    if (LibraryHolder.of(library.mdmInfo(), ourId) instanceof LibraryHolder.Other) {
      throw new HeldElsewhere();
    }
  }

  private static boolean fits(Revocation one, LicenceHolder target) {
    return one.holderKind() == null
        || (one.holderKind().equals(target.kind()) && target.id().equals(one.holder()));
  }

  /** Asks how far the events have come. */
  private Next follow(String tenantId, Revocation one, ContentToken content, Instant now) {
    List<String> open = new ArrayList<>();
    int failed = one.failed();
    for (String eventId : one.eventIds()) {
      EventStatus status = status(content, eventId);
      if (status == null) {
        continue;
      }
      if (status.state() == EventStatus.State.PENDING) {
        open.add(eventId);
      } else if (status.state() == EventStatus.State.FAILED) {
        failed += status.failed();
      }
    }
    if (open.isEmpty()) {
      return over(tenantId, one, failed > 0 ? "appleFailure" : "none", failed);
    }
    Instant since = one.eventsSince() == null ? now : one.eventsSince();
    if (since.plus(ASK_APPLE_AGAIN).isBefore(now)) {
      return ask(tenantId, one, content);
    }
    save(tenantId, one.progressed(failed, open, clock.instant()));
    return Next.again(now.plus(BETWEEN_ASKS));
  }

  /** Null if Apple has forgotten the event, which it does when it is long over. */
  private @Nullable EventStatus status(ContentToken content, String eventId) {
    try {
      return apple.status(content, eventId);
    } catch (AppleFailure e) {
      if (e.is(AppleError.UNKNOWN_EVENT)) {
        return null;
      }
      throw e;
    }
  }

  private Next over(String tenantId, Revocation one, String reason, int failed) {
    Instant now = clock.instant();
    String state = reason.equals("none") ? "done" : "failed";
    db.tx(
        tx -> {
          Revocation over = one.over(state, reason, failed, now);
          int written = store.save(tx, tenantId, over);
          if (written == 1 && store.show(tx, tenantId, over) == 1) {
            audit.recordServer(
                tx,
                tenantId,
                KIND,
                one.actionName(),
                one.appId() == null ? "vppToken" : "mobileApp",
                one.appId() == null ? one.tokenId() : one.appId(),
                state.equals("done") ? AuditTrail.SUCCEEDED : AuditTrail.FAILED,
                Json.object().put("total", over.total()).put("failed", failed));
            SyncSchedule.ask(jobs, tx, tenantId, one.tokenId(), now);
          }
          return true;
        });
    return Next.done();
  }

  private void save(String tenantId, Revocation one) {
    db.tx(tx -> store.save(tx, tenantId, one) + store.show(tx, tenantId, one));
  }
}
