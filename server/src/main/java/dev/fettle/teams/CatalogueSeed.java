package dev.fettle.teams;

import dev.fettle.db.Tx;
import dev.fettle.json.Json;
import dev.fettle.teams.packages.AppPackage;
import dev.fettle.teams.packages.Capabilities;
import dev.fettle.teams.packages.Manifest;
import dev.fettle.teams.packages.PackageWriter;
import dev.fettle.teams.packages.Permission;
import dev.fettle.teams.packages.PermissionSet;
import dev.fettle.teams.packages.Version;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings apps with given ids into a tenant's catalogue; their packages are made here. Unlike
 * published ones they may be of the store or sideloaded, and of versions before 1.
 */
final class CatalogueSeed {

  private static final String TABS = "staticTabs";

  private final byte[] color = PackageWriter.png(192, 0xff4f6bed);
  private final byte[] outline = PackageWriter.png(32, 0xffffffff);

  /** Adds the apps that are not there. */
  void apply(Tx tx, String tenantId, JsonNode apps, Instant now) {
    for (JsonNode app : apps) {
      String appId = app.path("id").stringValue();
      if (CatalogueStore.hadApp(tx, tenantId, appId)) {
        continue;
      }
      String name = app.path("displayName").stringValue();
      CatalogueStore.insertApp(
          tx,
          tenantId,
          appId,
          text(app, "externalId"),
          name,
          app.path("distributionMethod").stringValue(),
          now);
      for (JsonNode definition : app.path("definitions")) {
        insert(tx, tenantId, appId, text(app, "externalId"), name, definition);
      }
      Catalogue.compare(tx, tenantId, appId);
    }
  }

  private void insert(
      Tx tx,
      String tenantId,
      String appId,
      @Nullable String externalId,
      String name,
      JsonNode definition) {
    String version = definition.path("version").stringValue();
    String state = definition.path("publishingState").stringValue();
    Set<String> scopes = new LinkedHashSet<>();
    definition.path("scopes").forEach(scope -> scopes.add(scope.stringValue()));
    String bot = text(definition, "botId");
    Map<String, String> activities = new TreeMap<>();
    definition
        .path("activities")
        .properties()
        .forEach(one -> activities.put(one.getKey(), one.getValue().stringValue()));
    Manifest manifest =
        new Manifest(
            externalId == null ? appId : externalId,
            new Version(version),
            name,
            name + " for Contoso",
            name + ", an app of the seeded tenant.",
            text(definition, "clientAppId"),
            PermissionJson.read(definition.path("permissions")),
            bot,
            new Capabilities(
                text(definition, "clientAppId"),
                bot == null ? Set.of() : Set.of(bot),
                Map.of(bot == null ? TABS : Capabilities.BOT, scopes),
                false,
                false,
                false,
                false),
            activities,
            scopes);
    String id = TeamsIds.definition(appId, version, state);
    String createdBy = text(definition, "createdBy");
    String modified = text(definition, "lastModifiedDateTime");
    CatalogueStore.insertDefinition(
        tx,
        tenantId,
        appId,
        manifest,
        new CatalogueStore.Publication(
            definition.path("id").stringValue(id),
            state,
            definition.path("etag").stringValue(etag(appId, version)),
            createdBy == null ? null : Catalogue.createdBy(createdBy, null),
            modified == null ? null : Instant.parse(modified)));
    CatalogueStore.insertPackage(
        tx,
        tenantId,
        appId,
        new AppPackage(
            manifest, PackageWriter.write(json(manifest), color, outline), color, outline));
  }

  private static ObjectNode json(Manifest manifest) {
    ObjectNode json = Json.object();
    json.put("manifestVersion", "1.16");
    json.put("version", manifest.version().text());
    json.put("id", manifest.externalId());
    json.putObject("developer")
        .put("name", "Contoso")
        .put("websiteUrl", "https://contoso.example")
        .put("privacyUrl", "https://contoso.example/privacy")
        .put("termsOfUseUrl", "https://contoso.example/terms");
    json.putObject("name").put("short", manifest.displayName()).put("full", manifest.displayName());
    json.putObject("description")
        .put("short", manifest.shortDescription())
        .put("full", manifest.description());
    json.putObject("icons").put("color", "color.png").put("outline", "outline.png");
    json.put("accentColor", "#4F6BED");
    String bot = manifest.botId();
    ArrayNode scopes =
        (bot == null
                ? json.putArray(TABS)
                    .addObject()
                    .put("entityId", "home")
                    .put("contentUrl", "https://contoso.example/home")
                : json.putArray(Capabilities.BOT).addObject().put("botId", bot))
            .putArray("scopes");
    manifest.installationScopes().stream().sorted().forEach(scopes::add);
    if (!manifest.activities().isEmpty()) {
      ArrayNode types = json.putObject("activities").putArray("activityTypes");
      new TreeMap<>(manifest.activities())
          .forEach(
              (type, template) ->
                  types
                      .addObject()
                      .put("type", type)
                      .put("description", type)
                      .put("templateText", template));
    }
    String client = manifest.clientAppId();
    if (client != null) {
      json.putObject("webApplicationInfo")
          .put("id", client)
          .put("resource", "https://contoso.example/" + client);
    }
    permissions(json, manifest.required());
    return json;
  }

  private static void permissions(ObjectNode json, PermissionSet required) {
    if (required.isEmpty()) {
      return;
    }
    ArrayNode list =
        json.putObject("authorization").putObject("permissions").putArray("resourceSpecific");
    for (Permission permission : required.permissions()) {
      list.addObject()
          .put("name", permission.value())
          .put(
              "type",
              switch (permission.type()) {
                case APPLICATION -> "Application";
                case DELEGATED -> "Delegated";
              });
    }
  }

  /** Always the same, so that documented requests can be repeated as they stand. */
  private static String etag(String appId, String version) {
    return TeamsIds.base64("\"" + TeamsIds.base64(appId + "##" + version) + "\"");
  }

  private static @Nullable String text(JsonNode node, String name) {
    return node.path(name).stringValue(null);
  }
}
