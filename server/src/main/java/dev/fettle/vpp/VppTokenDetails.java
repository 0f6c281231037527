package dev.fettle.vpp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may say about a vppToken, and what the content token and Apple say instead. Times
 * are in the form of {@link dev.fettle.graph.schema.PreciseTime}; states and kinds are the member
 * names of the schema.
 *
 * @param actionResults JSON text of a list
 * @param lastAppCount null if nobody has said or counted it
 */
record VppTokenDetails(
    @Nullable String displayName,
    @Nullable String organizationName,
    String accountType,
    @Nullable String appleId,
    String expires,
    String lastSync,
    String state,
    String lastSyncStatus,
    boolean automaticallyUpdateApps,
    @Nullable String country,
    @Nullable String location,
    boolean dataSharingConsentGranted,
    boolean claimFromExternalMdm,
    List<String> roleScopeTagIds,
    String actionResults,
    String deliveryProtocol,
    @Nullable Integer lastAppCount) {

  VppTokenDetails {
    roleScopeTagIds = List.copyOf(roleScopeTagIds);
  }

  /** What is true of a new vppToken about which nothing was said. */
  static VppTokenDetails unsaid() {
    return new VppTokenDetails(
        null,
        null,
        "business",
        null,
        VppTokenRules.NEVER,
        VppTokenRules.NEVER,
        VppTokenRules.UNKNOWN,
        VppTokenRules.NONE,
        false,
        null,
        null,
        false,
        false,
        List.of("0"),
        "[]",
        "default",
        null);
  }

  /** The same with no sync under way: the one that was has ended with the content token. */
  VppTokenDetails unsynced() {
    return lastSyncStatus.equals(VppTokenRules.IN_PROGRESS)
        ? new VppTokenDetails(
            displayName,
            organizationName,
            accountType,
            appleId,
            expires,
            lastSync,
            state,
            VppTokenRules.NONE,
            automaticallyUpdateApps,
            country,
            location,
            dataSharingConsentGranted,
            claimFromExternalMdm,
            roleScopeTagIds,
            actionResults,
            deliveryProtocol,
            lastAppCount)
        : this;
  }

  VppTokenDetails with(String newState, String newExpires, @Nullable String newOrganization) {
    return new VppTokenDetails(
        displayName,
        newOrganization,
        accountType,
        appleId,
        newExpires,
        lastSync,
        newState,
        lastSyncStatus,
        automaticallyUpdateApps,
        country,
        location,
        dataSharingConsentGranted,
        claimFromExternalMdm,
        roleScopeTagIds,
        actionResults,
        deliveryProtocol,
        lastAppCount);
  }
}
