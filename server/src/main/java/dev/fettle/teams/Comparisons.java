package dev.fettle.teams;

import dev.fettle.db.Tx;
import dev.fettle.teams.CatalogueStore.Declared;
import dev.fettle.teams.CatalogueStore.Wider;
import dev.fettle.teams.packages.AppScope;
import java.util.ArrayList;
import java.util.List;

/** Compares the newest version of an app with those before it, once, when it is published. */
final class Comparisons {

  private Comparisons() {}

  /** Keeps what the newest published version has more than the earlier ones. */
  static void newest(Tx tx, String tenantId, String appId) {
    List<Declared> all = CatalogueStore.declared(tx, tenantId, appId);
    if (all.size() < 2) {
      return;
    }
    Declared to = all.getFirst();
    List<Wider> wider = new ArrayList<>();
    for (Declared from : all.subList(1, all.size())) {
      for (AppScope scope : AppScope.values()) {
        List<Widening> more =
            Widening.between(
                from.required().part(scope),
                from.capabilities(),
                to.required().part(scope),
                to.capabilities());
        wider.add(new Wider(from.versionKey(), scope, more));
      }
    }
    CatalogueStore.insertWidenings(tx, tenantId, appId, to.versionKey(), wider);
  }
}
