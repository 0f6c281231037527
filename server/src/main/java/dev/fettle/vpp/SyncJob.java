package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Next;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.ContentToken;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sync of one vppToken: checks the content token, takes the library over if it may, reads
 * everything and removes what is gone.
 *
 * <p>Each try is a run with an id in the token's row. Every write is bound to that id, so a run
 * that lost its lease, or whose content token was exchanged, ends without a trace. What a run wrote
 * before it broke off stays and is written again by the next one; only a whole run removes
 * anything. At most five pages are held at once, and no transaction spans a call of Apple's.
 */
final class SyncJob {

  private static final Logger LOG = LoggerFactory.getLogger(SyncJob.class);
  private static final int AT_ONCE = 2;

  private final Db db;
  private final AuditTrail audit;
  private final Secrets secrets;
  private final InstantSource clock;
  private final Ids ids;
  private final LibraryReader reading;
  private final NotificationSubscription address;
  private final SyncStore runs = new SyncStore();
  private final LibraryStore pages = new LibraryStore();
  private final Semaphore places = new Semaphore(AT_ONCE);

  SyncJob(
      Db db,
      AuditTrail audit,
      Secrets secrets,
      InstantSource clock,
      Ids ids,
      LibraryReader reading,
      NotificationSubscription address) {
    this.db = db;
    this.audit = audit;
    this.secrets = secrets;
    this.clock = clock;
    this.ids = ids;
    this.reading = reading;
    this.address = address;
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
    return Next.again(SyncSchedule.nextDaily(key, now));
  }

  private Next sync(String tenantId, String tokenId, Instant now) {
    SyncRun at = new SyncRun(tenantId, tokenId, ids.guid());
    Optional<TokenToSync> begun = db.tx(tx -> runs.begin(tx, at, now));
    if (begun.isEmpty()) {
      return Next.done();
    }
    TokenToSync token = begun.get();
    SealedSecret secret = token.secret();
    Optional<ContentToken> content = secret == null ? Optional.empty() : secrets.content(secret);
    if (content.isEmpty()) {
      end(at, withoutContent(secret));
      return daily(tokenId, now);
    }
    try {
      run(at, token, content.get());
      return daily(tokenId, now);
    } catch (LibraryReader.HeldElsewhere e) {
      end(at, new SyncStore.GivenUp(VppTokenRules.HELD_ELSEWHERE, e.by(), words(e)));
      return daily(tokenId, now);
    } catch (LibraryReader.OtherLibrary e) {
      end(at, new SyncStore.GivenUp(VppTokenRules.INVALID, null, words(e)));
      return daily(tokenId, now);
    } catch (AppleFailure e) {
      return afterFailure(at, e, token.attempt(), content.get());
    } catch (LibraryReader.RunSuperseded e) {
      throw e;
    } catch (RuntimeException e) {
      if (token.attempt() < SyncRules.ATTEMPTS) {
        throw e;
      }
      // A fault of ours, which would come again for ever: what people see has to end.
      LOG.error("event=vpp_sync_broken tenant={} token={}", tenantId, tokenId, e);
      end(at, new SyncStore.GivenUp(null, null, "this server met an error; its log says which"));
      return daily(tokenId, now);
    }
  }

  private Next afterFailure(SyncRun at, AppleFailure failure, int attempt, ContentToken content) {
    Instant now = clock.instant();
    return switch (SyncRules.afterFailure(failure.kind(), attempt, content.expires(), now)) {
      case SyncRules.AfterFailure.GoOn(Instant when) -> {
        db.read(tx -> runs.noteTrouble(tx, at, words(failure)));
        yield Next.again(when);
      }
      case SyncRules.AfterFailure.GiveUp(String state) -> {
        end(at, new SyncStore.GivenUp(state, null, words(failure)));
        yield daily(at.tokenId(), now);
      }
    };
  }

  private static String words(RuntimeException e) {
    String message = e.getMessage();
    return message == null ? "no reason is known" : message;
  }

  private void end(SyncRun at, SyncStore.GivenUp end) {
    db.tx(
        tx -> {
          if (runs.giveUp(tx, at, end, clock.instant())) {
            audit.recordServer(
                tx,
                at.tenantId(),
                SyncSchedule.KIND,
                "syncLicenses",
                "vppToken",
                at.tokenId(),
                AuditTrail.FAILED,
                Json.object().put("reason", end.problem()));
          }
          return true;
        });
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

  private void run(SyncRun at, TokenToSync token, ContentToken content) {
    LibraryReader.Read read = reading.read(at, token, content);
    complete(at, read.whole());
    address.listen(at.tenantId(), at.tokenId(), content, read.config());
  }

  private void complete(SyncRun at, boolean whole) {
    boolean done =
        db.tx(
            tx -> {
              if (!runs.runs(tx, at)) {
                return false;
              }
              int gone = whole ? pages.deleteUnseen(tx, at) : 0;
              boolean completed = runs.complete(tx, at, clock.instant());
              if (completed) {
                audit.recordServer(
                    tx,
                    at.tenantId(),
                    SyncSchedule.KIND,
                    "syncLicenses",
                    "vppToken",
                    at.tokenId(),
                    AuditTrail.SUCCEEDED,
                    Json.object().put("removed", gone));
              }
              return completed;
            });
    if (!done) {
      throw new LibraryReader.RunSuperseded();
    }
  }
}
