package dev.fettle.vpp;

import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.GraphVersion;

/** The readable properties of vppTokens. The state {@code duplicateLocationId} is beta's alone. */
final class VppTokenResources {

  /** The query options of vppTokens and their apps. */
  static final Option[] OPTIONS = {
    Option.COUNT,
    Option.EXPAND,
    Option.FILTER,
    Option.ORDERBY,
    Option.SELECT,
    Option.SKIP,
    Option.TOP
  };

  private static final String STATE_V1 =
      "(case t.state when 'duplicateLocationId' then 'valid' else t.state end)";

  private static final String STATE_BETA =
      """
      (case when t.state = 'valid' and t.library_id is not null and exists (
          select 1 from vpp_token t_other where t_other.tenant_id = t.tenant_id
            and t_other.library_id = t.library_id and t_other.id <> t.id)
        then 'duplicateLocationId' else t.state end)\
      """;

  private static final String STORED = "vpp_token t";

  /** The rows that a change returns. */
  private static final String CHANGED = "changed t";

  /** A resource in each version. */
  private record Versions(Resource v1, Resource beta) {
    static Versions of(String from, boolean counted) {
      return new Versions(tokens(from, STATE_V1, !counted), tokens(from, STATE_BETA, !counted));
    }

    Resource of(GraphVersion version) {
      return version == GraphVersion.V1 ? v1 : beta;
    }
  }

  private static final Versions TOKENS = Versions.of(STORED, false);
  private static final Versions COUNTED = Versions.of(STORED, true);
  private static final Versions CHANGED_TOKENS = Versions.of(CHANGED, false);
  private static final Versions CHANGED_COUNTED = Versions.of(CHANGED, true);

  private VppTokenResources() {}

  /**
   * The vppTokens.
   *
   * @param counted with the count that callers of 2026 send and expect back, though the schema
   *     lacks it
   */
  static Resource tokens(GraphVersion version, boolean counted) {
    return (counted ? COUNTED : TOKENS).of(version);
  }

  /** The same, read from the rows that a change returns as {@code changed}. */
  static Resource changedTokens(GraphVersion version, boolean counted) {
    return (counted ? CHANGED_COUNTED : CHANGED_TOKENS).of(version);
  }

  private static Resource tokens(String from, String state, boolean countOnlyWhenSelected) {
    Resource.Builder tokens =
        Resource.of("microsoft.graph.vppToken")
            .from(from)
            .key("id", "id")
            .text("organizationName", "organization_name")
            .enumeration("vppTokenAccountType", "account_type")
            .text("appleId", "apple_id")
            .preciseTime("expirationDateTime", "expiration_date_time")
            .preciseTime("lastSyncDateTime", "last_sync_date_time")
            .alwaysNull("token")
            .preciseTime("lastModifiedDateTime", "last_modified_date_time")
            .enumeration("state", state)
            .json("tokenActionResults", "token_action_results")
            .enumeration("lastSyncStatus", "last_sync_status")
            .flag("automaticallyUpdateApps", "automatically_update_apps")
            .text("countryOrRegion", "country_or_region")
            .flag("dataSharingConsentGranted", "data_sharing_consent_granted")
            .text("displayName", "display_name")
            .text("locationName", "location_name")
            .flag("claimTokenManagementFromExternalMdm", "claim_from_external_mdm")
            .texts("roleScopeTagIds", "role_scope_tag_ids")
            .enumeration("appleDeviceAppDeliveryProtocolType", "delivery_protocol")
            .integer("lastAppCount", "last_app_count")
            .options(OPTIONS)
            .page(100, 999, AboveMaximum.CAP);
    return (countOnlyWhenSelected ? tokens.onlyWhenSelected("lastAppCount") : tokens).build();
  }
}
