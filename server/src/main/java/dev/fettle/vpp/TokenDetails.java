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
record TokenDetails(
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

  TokenDetails {
    roleScopeTagIds = List.copyOf(roleScopeTagIds);
  }

  /** What is true of a new vppToken about which nothing was said. */
  static TokenDetails unsaid() {
    return new TokenDetails(
        null,
        null,
        "business",
        null,
        TokenRules.NEVER,
        TokenRules.NEVER,
        TokenRules.UNKNOWN,
        TokenRules.NONE,
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
  TokenDetails unsynced() {
    return lastSyncStatus.equals(TokenRules.IN_PROGRESS)
        ? new TokenDetails(
            displayName,
            organizationName,
            accountType,
            appleId,
            expires,
            lastSync,
            state,
            TokenRules.NONE,
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

  TokenDetails with(String newState, String newExpires, @Nullable String newOrganization) {
    return new TokenDetails(
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
