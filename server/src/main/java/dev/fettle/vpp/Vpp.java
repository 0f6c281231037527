package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.http.Mounts;
import dev.fettle.jobs.Jobs;
import dev.fettle.vpp.apple.AppleClient;
import dev.fettle.vpp.apple.Pause;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;

/** Apple volume purchasing, whole: its rows, its door for Apple, its background work. */
public final class Vpp implements AutoCloseable {

  private final VppParts parts;
  private final VppNotifications notifications;
  private final VppExpiry expiry;
  private final VppRoutes routes;

  /** Puts the room together and registers its background work. */
  public Vpp(
      Db db,
      Jobs jobs,
      AuditTrail audit,
      InstantSource clock,
      Ids ids,
      VppSettings settings,
      Reads reads) {
    AppleClient apple =
        new AppleClient(settings.apple(), clock, Pause.real(), settings.appleTrust());
    parts =
        new VppParts(
            db,
            jobs,
            audit,
            apple,
            new Secrets(Vault.open(settings.keyFile())),
            clock,
            ids,
            settings);
    notifications = new VppNotifications(parts);
    expiry = new VppExpiry(parts, notifications);
    VppSync sync = new VppSync(parts, notifications);
    VppRevocations revocations = new VppRevocations(parts);
    routes = new VppRoutes(new VppTokens(parts, sync), new VppApps(parts), revocations, reads);
    jobs.keyed(VppSync.KIND, sync::step);
    jobs.keyed(VppNotifications.RECOUNT, notifications::recount);
    jobs.keyed(VppRevocations.KIND, revocations::step);
    jobs.every(VppExpiry.EVERY, VppExpiry.KIND, expiry::step);
  }

  /** The operations. */
  public List<Route> routes() {
    return routes.all();
  }

  /** Where Apple's notifications come in. */
  public Mounts.Mount mount() {
    return Mounts.Mount.under(VppNotifications.PATH, notifications);
  }

  /** What puts described vppTokens in place. */
  public VppSeed seed() {
    return new VppSeed(parts);
  }

  /**
   * Measures the time to the expiry of each content token.
   *
   * @return what to run before the metrics are read
   */
  public Runnable meter(MeterRegistry registry) {
    return expiry.meter(registry, parts.clock());
  }

  @Override
  public void close() {
    parts.apple().close();
  }
}
