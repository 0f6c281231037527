package dev.fettle.teams;

import dev.fettle.base.EnumNames;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.directory.OwnerKind;
import dev.fettle.json.Json;
import dev.fettle.teams.packages.AppPackage;
import dev.fettle.teams.packages.Capabilities;
import dev.fettle.teams.packages.Manifest;
import dev.fettle.teams.packages.PermissionSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The catalogue's rows. */
final class CatalogueStore {

  /** An app, locked. */
  record App(String appId, @Nullable String externalId, String distributionMethod) {}

  /** A definition, locked. */
  record Definition(
      String definitionId,
      String version,
      String versionKey,
      String publishingState,
      String etag) {}

  /**
   * The part of a definition that is not in its manifest.
   *
   * @param createdBy the identity set of who submitted it, or null
   */
  record Publication(
      String definitionId,
      String publishingState,
      String etag,
      @Nullable JsonNode createdBy,
      @Nullable Instant lastModifiedDateTime) {}

  /** The declarations of a published definition, as they are stored. */
  private record DeclaredRow(String versionKey, JsonNode required, JsonNode capabilities) {}

  /** The declarations of a published definition. */
  record Declared(String versionKey, PermissionSet required, Capabilities capabilities) {}

  /** The widenings of a version over an earlier one, for the installations in owners of a kind. */
  record Wider(String fromKey, OwnerKind kind, List<Widening> more) {}

  /** A definition whose manifest has not been read for what it declares. */
  @SuppressWarnings("ArrayRecordComponent")
  record Unread(String tenantId, String appId, String versionKey, byte[] archive) {}

  private static final Sql DECLARED =
      Sql.of(
          """
          select version_key, required, capabilities from teams_definition
          where tenant_id = :tenantId and app_id = :appId and publishing_state = 'published'
            and capabilities is not null
          order by version_key desc
          """);

  private static final Sql INSERT_WIDENINGS =
      Sql.of(
          """
          insert into teams_widening (tenant_id, app_id, to_key, from_key, owner_kind, reasons)
          select :tenantId, :appId, :toKey, w.from_key, w.owner_kind,
            string_to_array(w.reasons, ',')
          from unnest(:fromKeys, :kinds, :reasons) as w (from_key, owner_kind, reasons)
          on conflict do nothing
          """);

  private static final Sql UNREAD =
      Sql.of(
          """
          select d.tenant_id, d.app_id, d.version_key, p.archive
          from teams_definition d
          join teams_package p on p.tenant_id = d.tenant_id and p.app_id = d.app_id
            and p.version_key = d.version_key
          where d.capabilities is null
          order by d.tenant_id, d.app_id, d.version_key limit 1
          for update of d skip locked
          """);

  private static final Sql READ =
      Sql.of(
          """
          update teams_definition set capabilities = :capabilities, activities = :activities
          where tenant_id = :tenantId and app_id = :appId and version_key = :versionKey
          """);

  private static final Sql INSERT_APP =
      Sql.of(
          """
          insert into teams_app (
            tenant_id, app_id, external_id, display_name, distribution_method, created_date_time)
          values (:tenantId, :appId, :externalId, :displayName, :distributionMethod, :now)
          """);

  private static final Sql APP =
      Sql.of(
          """
          select app_id, external_id, distribution_method from teams_app
          where tenant_id = :tenantId and app_id = :appId and removed_date_time is null for update
          """);

  private static final Sql HAS_APP =
      Sql.of(
          """
          select exists (
            select 1 from teams_app
            where tenant_id = :tenantId and app_id = :appId and removed_date_time is null)
          """);

  private static final Sql HAD_APP =
      Sql.of(
          """
          select exists (select 1 from teams_app where tenant_id = :tenantId and app_id = :appId)
          """);

  private static final Sql INSERT_DEFINITION =
      Sql.of(
          """
          insert into teams_definition (
            tenant_id, app_id, version_key, version, definition_id, publishing_state, display_name,
            short_description, description, client_app_id, required, bot_id, scopes, etag,
            created_by, last_modified_date_time, capabilities, activities)
          values (:tenantId, :appId, :versionKey, :text, :definitionId, :publishingState,
            :displayName, :shortDescription, :description, :clientAppId, :requiredPermissions,
            :botId, :scopeNames, :etag, :createdBy, :lastModifiedDateTime, :declared, :templates)
          """);

  private static final Sql INSERT_PACKAGE =
      Sql.of(
          """
          insert into teams_package (
            tenant_id, app_id, version_key, archive, color_icon, outline_icon)
          values (:tenantId, :appId, :versionKey, :archive, :colorIcon, :outlineIcon)
          """);

  private static final Sql RENAME_APP =
      Sql.of(
          """
          update teams_app a set display_name = (
            select d.display_name from teams_definition d
            where d.tenant_id = a.tenant_id and d.app_id = a.app_id
            order by (d.publishing_state = 'published') desc, d.version_key desc limit 1)
          where a.tenant_id = :tenantId and a.app_id = :appId
          """);

  private static final Sql HAS_DEFINITION =
      Sql.of(
          """
          select exists (
            select 1 from teams_definition
            where tenant_id = :tenantId and app_id = :appId and publishing_state = :state)
          """);

  private static final Sql DEFINITION =
      Sql.of(
          """
          select definition_id, version, version_key, publishing_state, etag from teams_definition
          where tenant_id = :tenantId and app_id = :appId and definition_id = :definitionId
          for update
          """);

  private static final Sql DECIDE =
      Sql.of(
          """
          update teams_definition set publishing_state = :publishingState,
            definition_id = :definitionId, etag = :etag,
            last_modified_date_time = :lastModifiedDateTime,
            created_by = case when :lastModifiedDateTime::timestamptz is null then null
              else created_by end
          where tenant_id = :tenantId and app_id = :appId and version_key = :versionKey
          """);

  private static final Sql DELETE_DEFINITION =
      Sql.of(
          """
          delete from teams_definition
          where tenant_id = :tenantId and app_id = :appId and version_key = :versionKey
          """);

  private static final Sql DELETE_EMPTY_APP =
      Sql.of(
          """
          delete from teams_app a
          where a.tenant_id = :tenantId and a.app_id = :appId and not exists (
            select 1 from teams_definition d
            where d.tenant_id = a.tenant_id and d.app_id = a.app_id)
          """);

  private static final Sql REMOVE_APP =
      Sql.of(
          """
          update teams_app set removed_date_time = :now
          where tenant_id = :tenantId and app_id = :appId
          """);

  private static final Sql ICON =
      Sql.of(
          """
          select case when :color then p.color_icon else p.outline_icon end as icon
          from teams_definition d
          join teams_app a on a.tenant_id = d.tenant_id and a.app_id = d.app_id
          join teams_package p on p.tenant_id = d.tenant_id and p.app_id = d.app_id
            and p.version_key = d.version_key
          where d.tenant_id = :tenantId and d.app_id = :appId and d.definition_id = :definitionId
            and a.removed_date_time is null
          """);

  private CatalogueStore() {}

  private static Sql of(Sql sql, String tenantId, String appId) {
    return sql.with("tenantId", tenantId).with("appId", appId);
  }

  static void insertApp(
      Tx tx,
      String tenantId,
      String appId,
      @Nullable String externalId,
      String displayName,
      String distributionMethod,
      Instant now) {
    int _ =
        tx.update(
            of(INSERT_APP, tenantId, appId)
                .with("externalId", externalId)
                .with("displayName", displayName)
                .with("distributionMethod", distributionMethod)
                .with("now", now));
  }

  static Optional<App> app(Tx tx, String tenantId, String appId) {
    return tx.one(of(APP, tenantId, appId), App.class);
  }

  static boolean hasApp(Tx tx, String tenantId, String appId) {
    return tx.one(of(HAS_APP, tenantId, appId), Boolean.class).orElseThrow();
  }

  /** True if there is or was such an app. */
  static boolean hadApp(Tx tx, String tenantId, String appId) {
    return tx.one(of(HAD_APP, tenantId, appId), Boolean.class).orElseThrow();
  }

  static void insertDefinition(
      Tx tx, String tenantId, String appId, Manifest manifest, Publication publication) {
    int _ =
        tx.update(
            of(INSERT_DEFINITION, tenantId, appId)
                .with(manifest)
                .with(publication)
                .with("versionKey", manifest.version().key())
                .with("requiredPermissions", PermissionJson.write(manifest.required()))
                .with(
                    "scopeNames",
                    List.of("team", "groupChat", "personal").stream()
                        .filter(manifest.installationScopes()::contains)
                        .toList())
                .with("declared", CapabilitiesJson.write(manifest.capabilities()))
                .with("templates", activities(manifest.activities())));
  }

  static void insertPackage(Tx tx, String tenantId, String appId, AppPackage opened) {
    Sql sql = of(INSERT_PACKAGE, tenantId, appId);
    int _ =
        tx.update(
            sql.with("versionKey", opened.manifest().version().key())
                .with("archive", opened.archive())
                .with("colorIcon", opened.colorIcon())
                .with("outlineIcon", opened.outlineIcon()));
  }

  private static ObjectNode activities(Map<String, String> activities) {
    ObjectNode templates = Json.object();
    activities.forEach(templates::put);
    return templates;
  }

  /** The published definitions of an app whose manifests have been read, newest first. */
  static List<Declared> declared(Tx tx, String tenantId, String appId) {
    return tx.list(of(DECLARED, tenantId, appId), DeclaredRow.class).stream()
        .map(
            row ->
                new Declared(
                    row.versionKey(),
                    PermissionJson.read(row.required()),
                    CapabilitiesJson.read(row.capabilities())))
        .toList();
  }

  /** Keeps the widenings of a version over earlier ones, reason by reason. */
  static void insertWidenings(Tx tx, String tenantId, String appId, String toKey, List<Wider> all) {
    int _ =
        tx.update(
            of(INSERT_WIDENINGS, tenantId, appId)
                .with("toKey", toKey)
                .with("fromKeys", all.stream().map(Wider::fromKey).toList())
                .with("kinds", all.stream().map(one -> one.kind().text()).toList())
                .with("reasons", all.stream().map(CatalogueStore::reasons).toList()));
  }

  private static String reasons(Wider one) {
    return one.more().stream().map(EnumNames::of).collect(Collectors.joining(","));
  }

  /** A definition that an earlier program took in, locked, with its package. */
  static Optional<Unread> unread(Tx tx) {
    return tx.one(UNREAD, Unread.class);
  }

  /** Keeps the declarations of the manifest of such a definition. */
  static void read(
      Tx tx, Unread definition, Capabilities capabilities, Map<String, String> activities) {
    int _ =
        tx.update(
            READ.with(definition)
                .with("capabilities", CapabilitiesJson.write(capabilities))
                .with("activities", activities(activities)));
  }

  static void renameApp(Tx tx, String tenantId, String appId) {
    int _ = tx.update(of(RENAME_APP, tenantId, appId));
  }

  static boolean hasDefinition(Tx tx, String tenantId, String appId, String state) {
    Sql sql = of(HAS_DEFINITION, tenantId, appId).with("state", state);
    return tx.one(sql, Boolean.class).orElseThrow();
  }

  static Optional<Definition> definition(Tx tx, String tenantId, String appId, String id) {
    Sql sql = of(DEFINITION, tenantId, appId).with("definitionId", id);
    return tx.one(sql, Definition.class);
  }

  /** Approves or rejects a definition; who submitted it is known as long as it has a time. */
  static void decide(
      Tx tx, String tenantId, String appId, String versionKey, Publication publication) {
    Sql sql = of(DECIDE, tenantId, appId).with("versionKey", versionKey);
    int _ = tx.update(sql.with(publication));
  }

  static void deleteDefinition(Tx tx, String tenantId, String appId, String versionKey) {
    Sql sql = of(DELETE_DEFINITION, tenantId, appId);
    int _ = tx.update(sql.with("versionKey", versionKey));
  }

  /** Deletes an app of which nothing is left. */
  static void deleteEmptyApp(Tx tx, String tenantId, String appId) {
    int _ = tx.update(of(DELETE_EMPTY_APP, tenantId, appId));
  }

  static void removeApp(Tx tx, String tenantId, String appId, Instant now) {
    int _ = tx.update(of(REMOVE_APP, tenantId, appId).with("now", now));
  }

  /** The bytes of the color icon or of the outline icon. */
  static Optional<byte[]> icon(
      Tx tx, String tenantId, String appId, String definitionId, boolean color) {
    Sql sql = of(ICON, tenantId, appId).with("definitionId", definitionId);
    return tx.one(sql.with("color", color), byte[].class);
  }
}
