package dev.fettle.teams;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Tx;
import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.InstallationStore.Place;
import dev.fettle.teams.packages.PermissionSet;
import java.time.Instant;
import java.time.InstantSource;
import tools.jackson.databind.JsonNode;

/** Apps and installations with given ids, brought into a tenant in one transaction. */
final class TeamsSeed {

  private final Db db;
  private final InstantSource clock;
  private final Ids ids;
  private final CatalogueSeed catalogue = new CatalogueSeed();

  TeamsSeed(Db db, InstantSource clock, Ids ids) {
    this.db = db;
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * Applies a seed in one transaction.
   *
   * @param seed an object with {@code apps} and {@code installations}, each optional
   */
  void apply(String tenantId, JsonNode seed) {
    Instant now = clock.instant();
    db.run(
        tx -> {
          catalogue.apply(tx, tenantId, seed.path("apps"), now);
          seed.path("installations").forEach(one -> install(tx, tenantId, one, now));
        });
  }

  /** Adds an installation that is not there, with the consent that its version takes. */
  private void install(Tx tx, String tenantId, JsonNode one, Instant now) {
    OwnerKind kind = OwnerKind.of(one.path("ownerKind").stringValue());
    String ownerId = one.path("ownerId").stringValue();
    String appId = one.path("teamsAppId").stringValue();
    String id = one.path("id").stringValue(TeamsIds.installation(ownerId, appId));
    InstallationStore.definition(tx, tenantId, appId, one.path("version").stringValue())
        .ifPresent(
            definition -> {
              Place place = new Place(tenantId, kind, ownerId, appId, id);
              PermissionSet consented = definition.requiredSet().part(kind);
              boolean _ = InstallationStore.insert(tx, place, definition, consented, now, ids);
            });
  }
}
