package dev.fettle.teams;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import java.time.Instant;
import java.time.InstantSource;
import tools.jackson.databind.JsonNode;

/**
 * Brings apps and installations with given ids into a tenant; what is there is left alone. The
 * users, chats and teams come before.
 */
public final class TeamsSeed {

  private final Db db;
  private final InstantSource clock;
  private final CatalogueSeed catalogue;
  private final InstallationSeed installations;

  public TeamsSeed(Db db, InstantSource clock, Ids ids) {
    this.db = db;
    this.clock = clock;
    this.catalogue = new CatalogueSeed();
    this.installations = new InstallationSeed(ids);
  }

  /**
   * Applies a seed in one transaction.
   *
   * @param seed an object with {@code apps} and {@code installations}, each optional
   */
  public void apply(String tenantId, JsonNode seed) {
    Instant now = clock.instant();
    db.<Boolean>tx(
        tx -> {
          catalogue.apply(tx, tenantId, seed.path("apps"), now);
          installations.apply(tx, tenantId, seed.path("installations"), now);
          return true;
        });
  }
}
