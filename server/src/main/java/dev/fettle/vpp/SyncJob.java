package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Jobs;
import dev.fettle.jobs.Next;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ContentToken;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The job that syncs one vppToken: it checks the content token, takes the library over if it may,
 * reads everything and removes what is gone.
 *
 * <p>Each try is a run with an id in the token's row. Every write is bound to that id, so a run
 * that lost its lease, or whose content token was exchanged, ends without a trace. What a run wrote
 * before it broke off stays and is written again by the next one; only a whole run removes
 * anything. At most five pages are held at once, and no transaction spans a call of Apple's.
 */
final class SyncJob {

  /** The kind under which syncs are asked for. */
  static final String KIND = "vpp.sync";

  private static final Logger LOG = LoggerFactory.getLogger(SyncJob.class);
  private static final int AT_ONCE = 2;
  private static final String SYNC = "syncLicenses";

  private final Db db;
  private final AuditTrail audit;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Ids ids;
  private final LibraryReader reader;
  private final NotificationSubscription notifications;
  private final Semaphore places = new Semaphore(AT_ONCE);

  SyncJob(
      Db db,
      AuditTrail audit,
      Secrets secrets,
      InstantSource clock,
      Ids ids,
      LibraryReader reader,
      NotificationSubscription notifications) {
    this.db = db;
    this.audit = audit;
    this.secrets = secrets;
    this.clock = clock;
    this.ids = ids;
    this.reader = reader;
    this.notifications = notifications;
  }

  /** Asks for a sync, in the transaction that makes it needed. */
  static void ask(Jobs jobs, Tx tx, String tenantId, String tokenId, Instant due) {
    jobs.ask(tx, KIND, new JobKey(tenantId, tokenId), due);
  }

  /** One try at the sync of a vppToken; a job step. */
  Next step(JobKey job, Instant now) {
    if (!places.tryAcquire()) {
      return Next.again(now.plusSeconds(2));
    }
    try {
      return sync(job.tenantId(), job.key(), now);
    } catch (LibraryReader.RunSuperseded e) {
      LOG.info("event=vpp_sync_overtaken tenant={} token={}", job.tenantId(), job.key());
      return daily(job.key(), now);
    } finally {
      places.release();
    }
  }

  private static Next daily(String key, Instant now) {
    return Next.again(SyncRules.nextDaily(key, now));
  }

  private Next sync(String tenantId, String tokenId, Instant now) {
    SyncRun run = new SyncRun(tenantId, tokenId, ids.guid());
    Optional<SyncStore.TokenToSync> begun = db.statement(tx -> SyncStore.begin(tx, run, now));
    if (begun.isEmpty()) {
      return Next.done();
    }
    SyncStore.TokenToSync token = begun.get();
    byte[] sealed = token.sealed();
    SealedSecret secret = sealed == null ? null : new SealedSecret(tenantId, tokenId, sealed);
    Optional<ContentToken> content = secret == null ? Optional.empty() : secrets.content(secret);
    if (content.isEmpty()) {
      return end(run, withoutContent(secret), now);
    }
    try {
      LibraryReader.Result read = reader.read(run, token, content.get());
      complete(run, read.whole());
      notifications.subscribe(tenantId, tokenId, content.get(), read.config());
      return daily(tokenId, now);
    } catch (LibraryHolder.HeldElsewhere e) {
      return end(
          run, new SyncStore.GivenUp(VppTokenRules.HELD_ELSEWHERE, e.holder(), words(e)), now);
    } catch (LibraryReader.OtherLibrary e) {
      return end(run, new SyncStore.GivenUp(VppTokenRules.INVALID, null, words(e)), now);
    } catch (AppleFailure e) {
      return afterFailure(run, e, token.syncAttempts(), content.get());
    } catch (LibraryReader.RunSuperseded e) {
      throw e;
    } catch (RuntimeException e) {
      if (token.syncAttempts() < SyncRules.ATTEMPTS) {
        throw e;
      }
      // A fault of ours, which would come again for ever: what people see has to end.
      LOG.error("event=vpp_sync_broken tenant={} token={}", tenantId, tokenId, e);
      String problem = "this server met an error; its log says which";
      return end(run, new SyncStore.GivenUp(null, null, problem), now);
    }
  }

  private Next afterFailure(SyncRun run, AppleFailure failure, int attempt, ContentToken content) {
    Instant now = clock.instant();
    return switch (SyncRules.afterFailure(failure.kind(), attempt, content.expires(), now)) {
      case SyncRules.AfterFailure.GoOn(Instant when) -> {
        db.statement(tx -> SyncStore.noteTrouble(tx, run, words(failure)));
        yield Next.again(when);
      }
      case SyncRules.AfterFailure.GiveUp(String state) ->
          end(run, new SyncStore.GivenUp(state, null, words(failure)), now);
    };
  }

  private static String words(RuntimeException e) {
    return Objects.requireNonNullElse(e.getMessage(), "no reason is known");
  }

  /** Ends a run that brought nothing; the next one is the daily. */
  private Next end(SyncRun run, SyncStore.GivenUp end, Instant now) {
    ObjectNode detail = Json.object().put("reason", end.problem());
    db.run(
        tx -> {
          if (SyncStore.giveUp(tx, run, end, clock.instant())) {
            record(audit, tx, run, SYNC, AuditTrail.FAILED, detail);
          }
        });
    return daily(run.tokenId(), now);
  }

  /** Adds an entry about a run to the audit trail. */
  static void record(
      AuditTrail audit, Tx tx, SyncRun run, String action, String outcome, JsonNode detail) {
    audit.recordServer(
        tx, run.tenantId(), KIND, action, "vppToken", run.tokenId(), outcome, detail);
  }

  private SyncStore.GivenUp withoutContent(@Nullable SealedSecret secret) {
    if (secret == null) {
      return new SyncStore.GivenUp(VppTokenRules.INVALID, null, "no content token was given");
    }
    if (secrets.text(secret).isPresent()) {
      return new SyncStore.GivenUp(
          VppTokenRules.INVALID, null, "the given token is no content token");
    }
    // Nothing is known against the content token itself, so the state stays.
    return new SyncStore.GivenUp(
        null,
        null,
        "the stored content token does not open with the key file of this server: mend the file, or"
            + " send the content token again");
  }

  private void complete(SyncRun run, boolean whole) {
    db.run(
        tx -> {
          if (!SyncStore.runs(tx, run)) {
            throw new LibraryReader.RunSuperseded();
          }
          int gone = whole ? LibraryStore.deleteUnseen(tx, run) : 0;
          if (!SyncStore.complete(tx, run, clock.instant())) {
            throw new LibraryReader.RunSuperseded();
          }
          record(audit, tx, run, SYNC, AuditTrail.SUCCEEDED, Json.object().put("removed", gone));
        });
  }
}
