package dev.fettle.vpp;

import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Resource;

/** The readable properties of the apps that come with vppTokens. Mac apps are beta's alone. */
final class VppAppResources {

  private static final String TOTAL = "least(greatest(t.total_licences, 0), 2147483647)::int";

  private static final String USED =
      "greatest(least(t.used_licences, greatest(t.total_licences, 0)), 0)::int";

  private static final String APPS =
      "vpp_app t join vpp_token t_k on t_k.tenant_id = t.tenant_id and t_k.id = t.token_id";

  private static final String LICENCES =
      """
      vpp_licence t left join vpp_user t_u on t_u.tenant_id = t.tenant_id
        and t_u.token_id = t.token_id and t_u.client_user_id = t.holder
        and t.holder_kind = 'user'\
      """;

  private static final String ASSET = "(t.token_id || '/' || t.adam_id || '/' || t.pricing)";

  static final Resource ASSIGNMENTS =
      Resource.of("microsoft.graph.mobileAppAssignment")
          .from("vpp_app_assignment t")
          .key("id", "id")
          .enumeration("intent", "intent")
          .json("target", "target")
          .json("settings", "settings")
          .options(VppTokenResources.OPTIONS)
          .build();

  static final Resource IOS_LICENCES =
      licences("microsoft.graph.iosVppAppAssignedLicense")
          .typeColumn(
              """
              (case t.holder_kind when 'user' then 'microsoft.graph.iosVppAppAssignedUserLicense'
                else 'microsoft.graph.iosVppAppAssignedDeviceLicense' end)\
              """)
          .derived(
              "microsoft.graph.iosVppAppAssignedDeviceLicense",
              device ->
                  device
                      .text("deviceName", "(null::text)")
                      .text(
                          "managedDeviceId",
                          "(case t.holder_kind when 'device' then t.holder end)"))
          .build();

  static final Resource MAC_LICENCES =
      licences("microsoft.graph.macOsVppAppAssignedLicense").build();

  static final Resource APPS_V1 = apps("t.platform = 'ios'", false);
  static final Resource APPS_BETA = apps("t.platform <> 'none'", true);

  static final Resource IOS_APPS = cast("microsoft.graph.iosVppApp", "ios");
  static final Resource MAC_APPS = cast("microsoft.graph.macOsVppApp", "macos");

  private VppAppResources() {}

  private static Resource.Builder licences(String type) {
    return Resource.of(type)
        .from(LICENCES)
        .key("id", "(t.holder_kind || ':' || t.holder)")
        .text("userEmailAddress", "(t_u.email)")
        .text("userId", "(case t.holder_kind when 'user' then t.holder end)")
        .text("userName", "(null::text)")
        .text("userPrincipalName", "(t_u.managed_apple_id)")
        .options(VppTokenResources.OPTIONS);
  }

  private static Resource apps(String where, boolean mac) {
    Resource.Builder apps =
        common(Resource.of("microsoft.graph.mobileApp").from(APPS).where(where))
            .typeColumn("type_name")
            .derived("microsoft.graph.iosVppApp", app -> ios(own(app)));
    if (mac) {
      apps = apps.derived("microsoft.graph.macOsVppApp", VppAppResources::own);
    }
    return apps.build();
  }

  private static Resource cast(String type, String platform) {
    Resource.Builder apps =
        own(common(Resource.of(type).from(APPS).where("t.platform = '%s'".formatted(platform))));
    if (platform.equals("ios")) {
      ios(apps).toMany("assignedLicenses", () -> IOS_LICENCES, ASSET, ASSET);
    } else {
      apps.toMany("assignedLicenses", () -> MAC_LICENCES, ASSET, ASSET);
    }
    return apps.typed().build();
  }

  /** The properties of every mobileApp. */
  private static Resource.Builder common(Resource.Builder apps) {
    return apps.key("id", "id")
        .text("displayName", "display_name")
        .text("publisher", "publisher")
        .time("createdDateTime", "created_date_time")
        .time("lastModifiedDateTime", "last_modified_date_time")
        .flag("isFeatured", "(false)")
        .enumeration("publishingState", "('published'::text)")
        .flag(
            "isAssigned",
            """
            (exists (select 1 from vpp_app_assignment t_a
              where t_a.tenant_id = t.tenant_id and t_a.app_id = t.id))\
            """)
        .integer("dependentAppCount", "(0)")
        .integer("supersededAppCount", "(0)")
        .integer("supersedingAppCount", "(0)")
        .integer("uploadState", "(1)")
        .texts("roleScopeTagIds", "t_k.role_scope_tag_ids")
        .toMany("assignments", () -> ASSIGNMENTS, "id", "app_id")
        .options(VppTokenResources.OPTIONS)
        .page(100, 999, AboveMaximum.CAP);
  }

  private static <B extends Resource.Fields<B>> B own(B app) {
    return app.text("bundleId", "bundle_id")
        .text("appStoreUrl", "app_store_url")
        .preciseTime("releaseDateTime", "release_date_time")
        .integer("totalLicenseCount", TOTAL)
        .integer("usedLicenseCount", USED)
        .complex(
            "licensingType",
            licensing ->
                licensing
                    .flag("supportsDeviceLicensing", "device_licensing")
                    .flag("supportDeviceLicensing", "device_licensing")
                    .flag("supportsUserLicensing", "(true)")
                    .flag("supportUserLicensing", "(true)"))
        .enumeration("vppTokenAccountType", "t_k.account_type")
        .text("vppTokenAppleId", "t_k.apple_id")
        .text("vppTokenOrganizationName", "t_k.organization_name")
        .text("vppTokenDisplayName", "t_k.display_name")
        .text("vppTokenId", "token_id")
        .enumeration("appleDeviceAppDeliveryProtocolType", "t_k.delivery_protocol")
        .json("revokeLicenseActionResults", "revoke_results");
  }

  private static <B extends Resource.Fields<B>> B ios(B app) {
    return app.complex(
        "applicableDeviceType",
        devices -> devices.flag("iPad", "ipad").flag("iPhoneAndIPod", "iphone"));
  }
}
