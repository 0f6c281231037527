package dev.fettle.teams;

import dev.fettle.graph.query.AboveMaximum;
import dev.fettle.graph.query.Option;
import dev.fettle.graph.query.Resource;

/** Apps, definitions, bots and icons as they are read. */
final class CatalogueResources {

  /** The bot of a definition, in the definition's row. */
  static final Resource BOT = bot().build();

  /** The bot by itself, which prints its type. */
  static final Resource TYPED_BOT = bot().typed().build();

  /** The contents of icons, without their bytes: those have an address of their own. */
  static final Resource COLOR_CONTENT = content("colorIcon");

  static final Resource OUTLINE_CONTENT = content("outlineIcon");

  /** The icons of a definition, in the definition's row. */
  static final Resource COLOR_ICON = icon("colorIcon", COLOR_CONTENT);

  static final Resource OUTLINE_ICON = icon("outlineIcon", OUTLINE_CONTENT);

  /** The definitions of all apps, in whatever state. */
  static final Resource DEFINITIONS =
      Resource.of("microsoft.graph.teamsAppDefinition")
          .from("teams_definition t")
          .key("id", "definition_id")
          .text("teamsAppId", "app_id")
          .text("azureADAppId", "client_app_id")
          .text("displayName", "display_name")
          .text("version", "version")
          .text("shortDescription", "short_description")
          .text("description", "description")
          .enumeration("publishingState", "publishing_state")
          .time("lastModifiedDateTime", "last_modified_date_time")
          .json("createdBy", "created_by")
          .json(
              "authorization",
              "jsonb_build_object('clientAppId', t.client_app_id, 'requiredPermissionSet',"
                  + " jsonb_build_object('resourceSpecificPermissions', t.required))")
          .flags("allowedInstallationScopes", "scopes")
          .etag("t.etag")
          .inline("bot", () -> BOT, "t.bot_id is not null")
          .inline("colorIcon", () -> COLOR_ICON, "true")
          .inline("outlineIcon", () -> OUTLINE_ICON, "true")
          .options(
              Option.FILTER, Option.SELECT, Option.EXPAND, Option.TOP, Option.COUNT, Option.ORDERBY)
          .page(100, 999, AboveMaximum.CAP)
          .build();

  /** The apps of the catalogue. */
  static final Resource APPS =
      apps("t.removed_date_time is null and t.distribution_method <> 'sideloaded'");

  /** All apps, those that have left the catalogue or were never in it included. */
  static final Resource ALL_APPS = apps("true");

  private CatalogueResources() {}

  private static Resource.Builder bot() {
    return Resource.of("microsoft.graph.teamworkBot")
        .from("teams_definition t")
        .where("t.bot_id is not null")
        .key("id", "bot_id");
  }

  private static Resource icon(String name, Resource content) {
    String bytes = path(name + "/hostedContent/$value");
    return Resource.of("microsoft.graph.teamsAppIcon")
        .from("teams_definition t")
        .key("id", base64(bytes))
        .address("webUrl", bytes)
        .inline("hostedContent", () -> content, "true")
        .build();
  }

  private static Resource content(String name) {
    return Resource.of("microsoft.graph.teamworkHostedContent")
        .from("teams_definition t")
        .key("id", base64(path(name + "/hostedContent")))
        .text("contentType", "'image/png'::text")
        .build();
  }

  /** An expression for the path of a part of a definition. */
  private static String path(String part) {
    return "('/appCatalogs/teamsApps/' || t.app_id || '/appDefinitions/' || t.definition_id || '/%s')"
        .formatted(part);
  }

  private static String base64(String expression) {
    return "replace(encode(convert_to(%s, 'UTF8'), 'base64'), chr(10), '')".formatted(expression);
  }

  private static Resource apps(String where) {
    return Resource.of("microsoft.graph.teamsApp")
        .from("teams_app t")
        .where(where)
        .key("id", "app_id")
        .text("externalId", "external_id")
        .text("displayName", "display_name")
        .enumeration("distributionMethod", "distribution_method")
        .toMany("appDefinitions", () -> DEFINITIONS, "app_id", "app_id")
        .options(
            Option.FILTER, Option.SELECT, Option.EXPAND, Option.TOP, Option.COUNT, Option.ORDERBY)
        .page(200, 999, AboveMaximum.CAP)
        .build();
  }
}
