package dev.fettle.teams;

import dev.fettle.directory.DirectoryResources;
import dev.fettle.directory.OwnerKind;
import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.query.Resource;

/** Installations and grants as they are read. */
final class InstallationResources {

  private static final Resource USER = installations(OwnerKind.USER);
  private static final Resource CHAT = installations(OwnerKind.CHAT);
  private static final Resource TEAM = installations(OwnerKind.TEAM);

  /** The installations of whatever owners. */
  static final Resource ALL = builder("microsoft.graph.teamsAppInstallation", "true").build();

  /** The permissions that apps by themselves have in an owner. */
  static final Resource GRANTS =
      Resource.of("microsoft.graph.resourceSpecificPermissionGrant")
          .from("teams_grant t")
          .key("id", "grant_id")
          .text("clientAppId", "client_app_id")
          .text("clientId", "client_id")
          .text("permission", "permission")
          .text("permissionType", "'Application'::text")
          .text("resourceAppId", "'00000003-0000-0000-c000-000000000000'::text")
          .options(Option.TOP)
          .page(200, 999, AboveMaximum.CAP)
          .build();

  /**
   * The one-on-one chat of a user with the bot of an installed app: its id, as the documented
   * answer has it, and more if it is asked for.
   */
  static final Resource BOT_CHAT =
      Resource.of("microsoft.graph.chat")
          .from(
              """
              (select i.tenant_id, i.owner_kind, i.owner_id, i.installation_id,
                '19:' || d.bot_id || '_' || i.owner_id || '@unq.gbl.spaces' as chat_id
              from teams_installation i
              join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
                and d.version_key = i.version_key and d.bot_id is not null) t
              """)
          .key("id", "chat_id")
          .enumeration("chatType", "'oneOnOne'::text")
          .text("tenantId", "tenant_id")
          .onlyWhenSelected(
              "chatType",
              "createdDateTime",
              "lastUpdatedDateTime",
              "onlineMeetingInfo",
              "tenantId",
              "topic",
              "viewpoint",
              "webUrl")
          .entityOptions(Option.SELECT)
          .build();

  /** The installations that are behind the newest published definition of their app. */
  static final Resource PENDING =
      Resource.of("fettle.pendingUpgrade")
          .from(
              """
              (select i.tenant_id, i.owner_kind || '##' || i.owner_id || '##' || i.app_id as pending_id,
                i.owner_kind, i.owner_id, i.installation_id, i.app_id, a.display_name,
                d.version as installed_version, x.version as newest_version,
                case when coalesce(s.automatic_upgrades, false) then '{}'::text[]
                  else '{automaticUpgradesOff}' end || coalesce(w.reasons, '{notCompared}')
                  as reasons
              from teams_installation i
              join teams_app a on a.tenant_id = i.tenant_id and a.app_id = i.app_id
                and a.removed_date_time is null
              join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
                and d.version_key = i.version_key
              join lateral (
                select p.version, p.version_key
                from teams_definition p
                where p.tenant_id = i.tenant_id and p.app_id = i.app_id
                  and p.publishing_state = 'published' and p.version_key > i.version_key
                order by p.version_key desc limit 1) x on true
              left join teams_widening w on w.tenant_id = i.tenant_id and w.app_id = i.app_id
                and w.from_key = i.version_key and w.to_key = x.version_key
                and w.owner_kind = i.owner_kind
              left join teams_settings s on s.tenant_id = i.tenant_id) t
              """)
          .key("id", "pending_id")
          .text("ownerKind", "owner_kind")
          .text("ownerId", "owner_id")
          .text("installationId", "installation_id")
          .text("teamsAppId", "app_id")
          .text("displayName", "display_name")
          .text("installedVersion", "installed_version")
          .text("newestVersion", "newest_version")
          .texts("reasons", "reasons")
          .options(Option.FILTER, Option.SELECT, Option.TOP, Option.COUNT, Option.ORDERBY)
          .page(100, 999, AboveMaximum.CAP)
          .build();

  private InstallationResources() {}

  /** The installations in owners of a kind. */
  static Resource of(OwnerKind kind) {
    return switch (kind) {
      case USER -> USER;
      case CHAT -> CHAT;
      case TEAM -> TEAM;
    };
  }

  /**
   * Chats with the apps that are installed in them, which can be filtered by; to see them takes the
   * permissions of their own list.
   */
  static Resource chats() {
    return DirectoryResources.chats()
        .toManyForFilters("installedApps", () -> CHAT, "chat_id", "owner_id")
        .build();
  }

  private static Resource installations(OwnerKind kind) {
    Resource.Builder builder =
        builder(
            kind == OwnerKind.USER
                ? "microsoft.graph.userScopeTeamsAppInstallation"
                : "microsoft.graph.teamsAppInstallation",
            "t.owner_kind = '%s'".formatted(kind.text()));
    // The documented answers for teams have the count unasked, the others where they are filtered.
    return (kind == OwnerKind.TEAM ? builder.alwaysCount() : builder.countWhenFiltered()).build();
  }

  private static Resource.Builder builder(String type, String where) {
    return Resource.of(type)
        .from("teams_installation t")
        .where(where)
        .key("id", "installation_id")
        .json(
            "consentedPermissionSet",
            "case when t.consented is null then null else"
                + " jsonb_build_object('resourceSpecificPermissions', t.consented) end")
        .json(
            "scopeInfo",
            """
            case t.owner_kind
              when 'user' then json_build_object('@odata.type', '#microsoft.graph.personalTeamsAppInstallationScopeInfo', 'scope', 'personal', 'userId', t.owner_id)
              when 'chat' then json_build_object('@odata.type', '#microsoft.graph.groupChatTeamsAppInstallationScopeInfo', 'scope', 'groupChat', 'chatId', t.owner_id)
              else json_build_object('@odata.type', '#microsoft.graph.teamTeamsAppInstallationScopeInfo', 'scope', 'team', 'teamId', t.owner_id)
            end\
            """)
        .onlyWhenSelected("consentedPermissionSet")
        .toOne("teamsApp", () -> CatalogueResources.ALL_APPS, "n.app_id = t.app_id")
        .toOne(
            "teamsAppDefinition",
            () -> CatalogueResources.DEFINITIONS,
            "n.app_id = t.app_id and n.version_key = t.version_key")
        .options(
            Option.FILTER, Option.SELECT, Option.EXPAND, Option.TOP, Option.COUNT, Option.ORDERBY)
        .page(200, 999, AboveMaximum.CAP);
  }
}
