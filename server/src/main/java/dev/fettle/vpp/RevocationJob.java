package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
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
 * The job that works on revocations: it reads who holds licences at Apple, asks for them back in
 * portions that Apple takes, and follows the events to their end.
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

  private final Db db;
  private final Jobs jobs;
  private final AuditTrail audit;
  private final AppleClient apple;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Ownership ownership;

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
    Revocation one =
        db.statement(tx -> RevocationStore.find(tx, job.tenantId(), job.key())).orElse(null);
    if (one == null || one.isOver()) {
      return Next.done();
    }
    if (one.startedDateTime().plus(GIVE_UP).isBefore(now)) {
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
    } catch (LibraryHolder.HeldElsewhere e) {
      LOG.warn("event=vpp_revocation_left tenant={} token={}", job.tenantId(), one.tokenId());
      return over(job.tenantId(), one, "appleFailure", Math.max(one.failed(), one.total()));
    } catch (AppleFailure e) {
      return switch (e.kind()) {
        case AppleFailure.Kind.Refused(_, AppleError error) ->
            over(
                job.tenantId(),
                one,
                error.remedy() == AppleError.Remedy.RENEW_EXPIRED
                    ? "expiredVppToken"
                    : "appleFailure",
                Math.max(one.failed(), one.total()));
        case AppleFailure.Kind.Unavailable(_, Duration retryAfter) ->
            Next.again(
                now.plus(
                    retryAfter == null || retryAfter.compareTo(BETWEEN_ASKS) < 0
                        ? BETWEEN_ASKS
                        : retryAfter));
        case AppleFailure.Kind.Unreadable _ -> Next.again(now.plus(BETWEEN_ASKS));
      };
    }
  }

  /** Reads who holds licences now, and asks for them back. */
  private Next ask(String tenantId, Revocation one, ContentToken content) {
    Map<AssetKey, List<LicenceHolder>> holders = holders(tenantId, one, content);
    int total = one.total();
    int failed = one.failed();
    List<String> events = new ArrayList<>();
    for (Map.Entry<AssetKey, List<LicenceHolder>> asset : holders.entrySet()) {
      for (List<LicenceHolder> portion : apple.portions(asset.getValue())) {
        total += portion.size();
        try {
          events.add(
              apple.disassociate(
                  content, asset.getKey().adamId(), asset.getKey().pricing(), portion));
        } catch (AppleFailure e) {
          if (!(e.kind() instanceof AppleFailure.Kind.Refused(_, AppleError error))
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
    Revocation active = one.active(total, failed, events, now);
    db.tx(tx -> save(tx, tenantId, active));
    return Next.again(now.plus(BETWEEN_ASKS));
  }

  private record AssetKey(String adamId, String pricing) {}

  private Map<AssetKey, List<LicenceHolder>> holders(
      String tenantId, Revocation one, ContentToken content) {
    String appId = one.appId();
    VppApp app =
        appId == null
            ? null
            : db.statement(tx -> VppAppStore.find(tx, tenantId, appId)).orElse(null);
    if (appId != null && app == null) {
      return Map.of();
    }
    Set<Assignment> tracked =
        one.untracked()
            ? Set.of()
            : Set.copyOf(db.statement(tx -> RevocationStore.tracked(tx, tenantId, one.tokenId())));
    String holderId = ownership.holderId(tenantId);
    Map<AssetKey, List<LicenceHolder>> holders = new LinkedHashMap<>();
    Set<Assignment> seen = new HashSet<>();
    Consumer<Page<Assignment>> collect =
        page -> {
          LibraryHolder.requireNotOther(
              page.library(), Ownership.ourId(holderId, page.library().libraryId()));
          page.records().stream()
              .filter(licence -> one.untracked() || tracked.contains(licence))
              .filter(licence -> app == null || licence.pricing().equals(app.pricing()))
              .filter(licence -> fits(one, licence.holder()))
              .filter(seen::add)
              .forEach(
                  licence ->
                      holders
                          .computeIfAbsent(
                              new AssetKey(licence.adamId(), licence.pricing()),
                              key -> new ArrayList<>())
                          .add(licence.holder()));
        };
    // A licence that slips between pages that change is found by the next action; nothing is taken
    // twice.
    boolean whole = apple.assignments(content, app == null ? null : app.adamId(), collect);
    LOG.debug("event=vpp_holders_read whole={} licences={}", whole, seen.size());
    return holders;
  }

  private static boolean fits(Revocation one, LicenceHolder holder) {
    return one.holderKind() == null
        || (one.holderKind() == holder.kind() && holder.id().equals(one.holder()));
  }

  /** Looks at the events that Apple works on. */
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
    Revocation progressed = one.progressed(failed, open, clock.instant());
    db.tx(tx -> save(tx, tenantId, progressed));
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
    boolean done = reason.equals("none");
    String appId = one.appId();
    Revocation over = one.over(done ? "done" : "failed", reason, failed, now);
    db.run(
        tx -> {
          if (save(tx, tenantId, over)) {
            audit.recordServer(
                tx,
                tenantId,
                KIND,
                one.actionName(),
                appId == null ? "vppToken" : "mobileApp",
                appId == null ? one.tokenId() : appId,
                done ? AuditTrail.SUCCEEDED : AuditTrail.FAILED,
                Json.object().put("total", over.total()).put("failed", failed));
            SyncJob.ask(jobs, tx, tenantId, one.tokenId(), now);
          }
        });
    return Next.done();
  }

  private static boolean save(Tx tx, String tenantId, Revocation one) {
    return RevocationStore.save(tx, tenantId, one) == 1
        && RevocationStore.show(tx, tenantId, one) == 1;
  }
}
