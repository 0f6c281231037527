package dev.fettle.vpp;

import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.LicenceHolder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Revocations in the shapes of Graph. */
final class RevocationJson {

  private RevocationJson() {}

  /** The results that a vppToken shows. */
  static ArrayNode ofToken(List<Revocation> recent) {
    ArrayNode list = Json.object().putArray("list");
    for (Revocation one : recent) {
      ObjectNode entry =
          list.addObject()
              .put("@odata.type", "#microsoft.graph.vppTokenRevokeLicensesActionResult");
      common(entry, one);
    }
    return list;
  }

  /** The results that an app shows. */
  static ArrayNode ofApp(List<Revocation> recent) {
    ArrayNode list = Json.object().putArray("list");
    for (Revocation one : recent) {
      ObjectNode entry =
          list.addObject()
              .put("userId", holder(one, LicenceHolder.Kind.USER))
              .put("managedDeviceId", holder(one, LicenceHolder.Kind.DEVICE));
      common(entry, one);
    }
    return list;
  }

  private static @Nullable String holder(Revocation one, LicenceHolder.Kind kind) {
    return kind == one.holderKind() ? one.holder() : null;
  }

  private static void common(ObjectNode entry, Revocation one) {
    entry.put("actionName", one.actionName());
    entry.put("actionState", one.state());
    entry.put("startDateTime", PreciseTime.printed(one.startedDateTime()));
    entry.put("lastUpdatedDateTime", PreciseTime.printed(one.lastUpdatedDateTime()));
    entry.put("totalLicensesCount", one.total());
    entry.put("failedLicensesCount", one.failed());
    entry.put("actionFailureReason", one.failureReason());
  }
}
