package dev.fettle.teams;

import dev.fettle.audit.AuditTrail;
import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.directory.Removals;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.identity.ResourceGrants;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** The room as a whole: puts its parts together. Safe for concurrent use. */
public final class Teams {

  private final Installations installations;
  private final Catalogue catalogue;
  private final ActivityNotifications notifications;
  private final List<Route> routes = new ArrayList<>();

  public Teams(Db db, AuditTrail audit, InstantSource clock, Ids ids, Reads reads) {
    installations = new Installations(db, audit, clock, ids);
    catalogue = new Catalogue(db, audit, clock, ids, installations);
    routes.addAll(new CatalogueRoutes(catalogue, reads).routes());
    routes.addAll(new InstallationRoutes(installations, reads, db).routes());
    routes.addAll(new AppSettingsRoutes(new AppSettings(db, audit, installations), reads).routes());
    notifications = new ActivityNotifications(db, audit, clock, ids);
    routes.addAll(new NotificationRoutes(notifications, reads).routes());
    routes.addAll(NotBuilt.routes());
  }

  /** Every operation of the room. */
  public List<Route> routes() {
    return List.copyOf(routes);
  }

  /** Forgets what nobody needs any more. */
  public void retention(Instant now) {
    installations.retention(now);
  }

  /** Forgets some old notifications; answers whether that was all. */
  public boolean forgetNotifications(Instant now) {
    return notifications.forgetOld(now);
  }

  /** Reads one of those that an earlier program took in unread; answers whether there was none. */
  public boolean readEarlier() {
    return catalogue.readEarlier();
  }

  /** What apps were granted in chats, teams and users. */
  public ResourceGrants grants() {
    return installations;
  }

  /** What can be read of chats, what is installed in them included. */
  public Resource chats() {
    return InstallationResources.chats();
  }

  /** Removes what is installed in an owner that goes. */
  public Removals removals() {
    return installations;
  }
}
