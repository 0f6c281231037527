package dev.fettle.teams;

import dev.fettle.base.Ids;
import dev.fettle.db.Tx;
import dev.fettle.teams.packages.AppScope;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * Brings installations with given ids into a tenant, with the consent that their version takes;
 * what is installed already is left alone.
 */
final class InstallationSeed {

  private final InstallationStore store;

  InstallationSeed(Ids ids) {
    this.store = new InstallationStore(ids);
  }

  /** Adds the installations that are not there; their apps are. */
  void apply(Tx tx, String tenantId, JsonNode installations, Instant now) {
    for (JsonNode one : installations) {
      AppScope scope = AppScope.ofTarget(one.path("ownerKind").stringValue());
      String ownerId = one.path("ownerId").stringValue();
      String appId = one.path("teamsAppId").stringValue();
      JsonNode id = one.get("id");
      store
          .definition(tx, tenantId, appId, one.path("version").stringValue())
          .ifPresent(
              definition -> {
                boolean _ =
                    store.insert(
                        tx,
                        tenantId,
                        scope,
                        ownerId,
                        id == null ? InstallationIds.of(ownerId, appId) : id.stringValue(),
                        appId,
                        definition,
                        definition.required().part(scope),
                        now);
              });
    }
  }
}
