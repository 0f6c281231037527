package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.db.Db;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warnings before the end of content tokens: an entry in the audit trail 30, 14, 7 and 1 days
 * before, the state {@code expired} when it has come, and the seconds that are left as a metric.
 * Each warning is given once, however often this runs and on however many servers.
 */
final class ExpiryJob {

  /** The kind of the recurring job. */
  static final String KIND = "vpp.expiry";

  /** The interval of the job. */
  static final Duration EVERY = Duration.ofMinutes(1);

  /** The outcome in the audit trail. */
  static final String WARNING = "warning";

  private static final Logger LOG = LoggerFactory.getLogger(ExpiryJob.class);

  private final Db db;
  private final AuditTrail audit;

  ExpiryJob(Db db, AuditTrail audit) {
    this.db = db;
    this.audit = audit;
  }

  /** Gives the warnings that are due; a job step. */
  void step(Instant now) {
    List<VppTokenStore.Ending> ending =
        db.statement(tx -> VppTokenStore.ending(tx, now.plus(Duration.ofDays(30))));
    for (VppTokenStore.Ending one : ending) {
      Integer days = VppTokenRules.warning(PreciseTime.instant(one.expirationDateTime()), now);
      Integer warned = one.warnedDays();
      if (days != null && (warned == null || warned > days)) {
        warn(one, days, now);
      }
    }
  }

  private void warn(VppTokenStore.Ending one, int days, Instant now) {
    db.run(
        tx -> {
          if (VppTokenStore.warn(tx, one, days, now)) {
            audit.recordServer(
                tx,
                one.tenantId(),
                KIND,
                days == 0 ? "vppTokenExpired" : "vppTokenExpiring",
                "vppToken",
                one.id(),
                WARNING,
                Json.object()
                    .put("days", days)
                    .put("expirationDateTime", PreciseTime.printed(one.expirationDateTime()))
                    .put("name", one.name()));
            LOG.warn(
                "event=vpp_token_expiring tenant={} token={} days={}",
                one.tenantId(),
                one.id(),
                days);
          }
        });
  }

  /**
   * The seconds to the expiry of each content token, below zero once it has passed.
   *
   * @return what to run before the metrics are read
   */
  Runnable meter(MeterRegistry registry, InstantSource clock) {
    MultiGauge gauge =
        MultiGauge.builder("fettle.vpp.token.expiry")
            .description("Seconds until the content token of a vppToken expires")
            .baseUnit("seconds")
            .register(registry);
    return () -> {
      Instant now = clock.instant();
      gauge.register(
          db.statement(VppTokenStore::expiries).stream()
              .map(
                  one ->
                      MultiGauge.Row.of(
                          Tags.of("tenant", one.tenantId(), "token", one.id()),
                          Duration.between(now, PreciseTime.instant(one.expirationDateTime()))
                              .toSeconds()))
              .toList(),
          true);
    };
  }
}
