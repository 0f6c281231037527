package dev.fettle.vpp;

import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.ContentToken;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The properties of a vppToken. Times are in the form of {@link PreciseTime}; states and kinds are
 * the member names of the schema.
 */
record VppTokenDetails(Settings settings, Content content, String state, Sync sync) {

  /** The properties that callers alone decide. */
  record Settings(
      @Nullable String displayName,
      String accountType,
      @Nullable String appleId,
      boolean automaticallyUpdateApps,
      @Nullable String countryOrRegion,
      boolean dataSharingConsentGranted,
      boolean claimFromExternalMdm,
      List<String> roleScopeTagIds,
      String deliveryProtocol) {
    Settings {
      roleScopeTagIds = List.copyOf(roleScopeTagIds);
    }
  }

  /** The properties that a content token decides. */
  record Content(@Nullable String organizationName, String expirationDateTime) {
    static Content of(ContentToken token) {
      return new Content(token.organizationName(), PreciseTime.of(token.expires()));
    }
  }

  /**
   * The properties that a sync decides.
   *
   * @param tokenActionResults a list
   * @param lastAppCount null if nobody has said or counted it
   */
  record Sync(
      String lastSyncDateTime,
      String lastSyncStatus,
      @Nullable String locationName,
      JsonNode tokenActionResults,
      @Nullable Integer lastAppCount) {}

  /** The properties of a new vppToken about which nothing was said. */
  static VppTokenDetails unsaid() {
    return new VppTokenDetails(
        new Settings(null, "business", null, false, null, false, false, List.of("0"), "default"),
        new Content(null, VppTokenRules.NEVER),
        VppTokenRules.UNKNOWN,
        new Sync(
            VppTokenRules.NEVER, VppTokenRules.NONE, null, Json.object().putArray("list"), null));
  }

  /** The same with no sync under way: the one that was has ended with the content token. */
  VppTokenDetails unsynced() {
    return sync.lastSyncStatus.equals(VppTokenRules.IN_PROGRESS)
        ? new VppTokenDetails(
            settings,
            content,
            state,
            new Sync(
                sync.lastSyncDateTime,
                VppTokenRules.NONE,
                sync.locationName,
                sync.tokenActionResults,
                sync.lastAppCount))
        : this;
  }

  /** The same in a new state with a new content token. */
  VppTokenDetails with(String newState, ContentToken token) {
    return new VppTokenDetails(settings, Content.of(token), newState, sync);
  }
}
