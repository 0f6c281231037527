package dev.fettle.vpp;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.http.Door;
import dev.fettle.jobs.Jobs;
import dev.fettle.vpp.apple.AppleClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Apple volume purchasing as a whole: its operations, its door for Apple, its background work. */
public final class Vpp implements AutoCloseable {

  private final InstantSource clock;
  private final AppleClient apple;
  private final AppleNotifications notifications;
  private final ExpiryJob expiry;
  private final VppSeed seed;
  private final List<Route> routes = new ArrayList<>();

  /** All parts, with their background work registered. */
  public Vpp(
      Db db,
      Jobs jobs,
      AuditTrail audit,
      InstantSource clock,
      Ids ids,
      VppSettings settings,
      Reads reads) {
    this.clock = clock;
    apple = new AppleClient(settings.apple(), clock, settings.appleTrust());
    Secrets secrets =
        new Secrets(
            db, KeyFile.open(settings.keyFile()), settings.strictTokens(), settings.exampleToken());
    Ownership ownership = new Ownership(db, apple, ids);
    seed = new VppSeed(db, jobs, secrets, clock);

    VppTokens tokens = new VppTokens(db, jobs, audit, secrets, clock, ids, ownership);
    routes.addAll(new VppTokenRoutes(tokens, reads).all());
    expiry = new ExpiryJob(db, audit);

    routes.addAll(new VppAppRoutes(new VppApps(db, audit, ids), reads).all());

    Revocations revocations = new Revocations(db, jobs, audit, clock, ids);
    routes.addAll(new RevocationRoutes(revocations).all());
    RevocationJob revoking = new RevocationJob(db, jobs, audit, apple, secrets, clock, ownership);

    notifications = new AppleNotifications(db, jobs, clock, revocations);
    NotificationSubscription subscription =
        new NotificationSubscription(db, apple, ids, settings.notificationBase());
    RecountJob recount = new RecountJob(db, apple, secrets, clock);

    LibraryReader reader = new LibraryReader(db, apple, audit, clock, ids, ownership);
    SyncJob sync = new SyncJob(db, audit, secrets, clock, ids, reader, subscription);

    routes.forEach(route -> route.errors(Route.ErrorShape.INTUNE));
    jobs.keyed(SyncJob.KIND, sync::step);
    jobs.keyed(RecountJob.KIND, recount::step);
    jobs.keyed(RevocationJob.KIND, revoking::step);
    jobs.every(ExpiryJob.EVERY, ExpiryJob.KIND, this::lookAtTimes);
  }

  private void lookAtTimes(Instant now) {
    expiry.step(now);
    notifications.forgetOld(now);
  }

  /** The operations. */
  public List<Route> routes() {
    return List.copyOf(routes);
  }

  /** The door at which Apple's notifications come in. */
  public Door door() {
    return notifications;
  }

  /**
   * Puts the vppTokens in place that a document describes; one without them says nothing.
   *
   * @return how many were made
   */
  public int seed(String tenantId, JsonNode document) {
    return seed.apply(tenantId, document);
  }

  /**
   * Makes a new key and encrypts every stored secret with it.
   *
   * @return how many secrets were encrypted again
   */
  public static int rotateKey(Db db, Path keyFile) {
    return new KeyRotation(db, KeyFile.open(keyFile)).rotate();
  }

  /**
   * Measures the time to the expiry of each content token.
   *
   * @return what to run before the metrics are read
   */
  public Runnable meter(MeterRegistry registry) {
    return expiry.meter(registry, clock);
  }

  @Override
  public void close() {
    apple.close();
  }
}
