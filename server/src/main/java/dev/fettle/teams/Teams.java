package dev.fettle.teams;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.directory.OwnerKind;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.identity.ResourceGrants;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The capability as a whole, put together of its parts. Safe for concurrent use. */
public final class Teams {

  private final Installations installations;
  private final Catalogue catalogue;
  private final ActivityNotifications notifications;
  private final TeamsSeed seed;
  private final List<Route> routes = new ArrayList<>();

  public Teams(Db db, AuditTrail audit, InstantSource clock, Ids ids, Reads reads) {
    installations = new Installations(db, audit, clock, ids);
    catalogue = new Catalogue(db, audit, clock, ids, installations);
    notifications = new ActivityNotifications(db, audit, clock, ids);
    seed = new TeamsSeed(db, clock, ids);
    routes.addAll(new CatalogueRoutes(catalogue, reads).routes());
    routes.addAll(new InstallationRoutes(installations, reads).routes());
    routes.addAll(new AppSettingsRoutes(new AppSettings(db, audit, installations), reads).routes());
    routes.addAll(new NotificationRoutes(notifications, reads).routes());
  }

  /** Every operation. */
  public List<Route> routes() {
    return List.copyOf(routes);
  }

  /**
   * Brings apps and installations with given ids into a tenant; what is there is left alone. The
   * users, chats and teams come before.
   *
   * @param document an object with {@code apps} and {@code installations}, each optional
   */
  public void seed(String tenantId, JsonNode document) {
    seed.apply(tenantId, document);
  }

  /** Forgets some old notifications; answers true if that was all. */
  public boolean forgetNotifications(Instant now) {
    return notifications.forgetOld(now);
  }

  /** Reads one package that an earlier program took in unread; answers true if there was none. */
  public boolean readEarlier() {
    return catalogue.readEarlier();
  }

  /** The permissions that apps were granted in chats, teams and users. */
  public ResourceGrants grants() {
    return installations;
  }

  /** Chats as they are read, with what is installed in them. */
  public Resource chats() {
    return InstallationResources.chats();
  }

  /** Removes what is installed in an owner that is deleted. */
  public void ownerDeleted(Tx tx, String tenantId, OwnerKind kind, String id) {
    InstallationStore.deleteAll(tx, tenantId, kind, id);
  }
}
