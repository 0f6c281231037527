package dev.fettle.vpp;

import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.jobs.JobKey;
import dev.fettle.jobs.Jobs;
import dev.fettle.jobs.Next;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.AppleFailure;
import dev.fettle.vpp.apple.Asset;
import dev.fettle.vpp.apple.ContentToken;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job that reads single assets again, a little later than a notification told of them. */
final class RecountJob {

  /** The kind under which single assets are read again. */
  static final String KIND = "vpp.recount";

  private static final Logger LOG = LoggerFactory.getLogger(RecountJob.class);
  private static final Duration AFTER = Duration.ofSeconds(60);
  private static final Duration AGAIN = Duration.ofMinutes(5);

  private final Db db;
  private final AppleClient apple;
  private final Secrets secrets;
  private final InstantSource clock;

  RecountJob(Db db, AppleClient apple, Secrets secrets, InstantSource clock) {
    this.db = db;
    this.apple = apple;
    this.secrets = secrets;
    this.clock = clock;
  }

  /** Asks for an asset to be read again. */
  static void ask(Jobs jobs, Tx tx, NotifiedToken token, String adamId) {
    jobs.ask(
        tx,
        KIND,
        new JobKey(token.tenantId(), token.tokenId() + "/" + adamId),
        token.at().plus(AFTER));
  }

  /** Reads one asset again; a job step. */
  Next step(JobKey job, Instant now) {
    int slash = job.key().indexOf('/');
    String tokenId = job.key().substring(0, slash);
    String adamId = job.key().substring(slash + 1);
    Optional<ContentToken> content = secrets.content(job.tenantId(), tokenId);
    if (content.isEmpty()) {
      return Next.done();
    }
    try {
      List<Asset> assets = new ArrayList<>();
      boolean whole = apple.assets(content.get(), adamId, page -> assets.addAll(page.records()));
      LOG.debug("event=vpp_recounted whole={}", whole);
      NotifiedToken token = new NotifiedToken(job.tenantId(), tokenId, clock.instant());
      db.run(
          tx ->
              assets.forEach(
                  asset ->
                      LOG.debug(
                          "event=vpp_counts_set rows={}",
                          LicenceStore.setCounts(tx, token, asset))));
      return Next.done();
    } catch (AppleFailure e) {
      return switch (e.kind()) {
        case AppleFailure.Kind.Refused _ -> Next.done();
        case AppleFailure.Kind.Unavailable _, AppleFailure.Kind.Unreadable _ ->
            Next.again(now.plus(AGAIN));
      };
    }
  }
}
