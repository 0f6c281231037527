package dev.fettle.teams;

import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.json.Json;
import dev.fettle.teams.packages.AppPackage;
import dev.fettle.directory.OwnerKind;
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
  record App(String id, @Nullable String externalId, String distributionMethod) {}

  /** A definition, locked. */
  record Definition(
      String id, String version, String versionKey, String publishingState, String etag) {}

  /** What a published definition declares. */
  record Declared(String versionKey, PermissionSet required, Capabilities capabilities) {}

  /** What a version has more than an earlier one, for the installations in a scope. */
  record Wider(String fromKey, OwnerKind kind, List<Widening> more) {}

  /** A definition whose manifest has not been read for what it declares. */
  @SuppressWarnings("ArrayRecordComponent")
  record Unread(String tenantId, String appId, String versionKey, byte[] archive) {}

  private static final String DECLARED =
      """
      select version_key, required, capabilities from teams_definition
      where tenant_id = ? and app_id = ? and publishing_state = 'published'
        and capabilities is not null
      order by version_key desc
      """;

  private static final String INSERT_WIDENINGS =
      """
      insert into teams_widening (tenant_id, app_id, to_key, from_key, owner_kind, reasons)
      select ?, ?, ?, w.from_key, w.owner_kind, string_to_array(w.reasons, ',')
      from unnest(?, ?, ?) as w (from_key, owner_kind, reasons)
      on conflict do nothing
      """;

  private static final String UNREAD =
      """
      select d.tenant_id, d.app_id, d.version_key, p.archive
      from teams_definition d
      join teams_package p on p.tenant_id = d.tenant_id and p.app_id = d.app_id
        and p.version_key = d.version_key
      where d.capabilities is null
      order by d.tenant_id, d.app_id, d.version_key limit 1
      for update of d skip locked
      """;

  private static final String INSERT_APP =
      """
      insert into teams_app (
        tenant_id, app_id, external_id, display_name, distribution_method, created_date_time)
      values (?, ?, ?, ?, ?, ?)
      """;

  private static final String APP =
      """
      select app_id, external_id, distribution_method from teams_app
      where tenant_id = ? and app_id = ? and removed_date_time is null for update
      """;

  private static final String INSERT_DEFINITION =
      """
      insert into teams_definition (
        tenant_id, app_id, version_key, version, definition_id, publishing_state, display_name,
        short_description, description, client_app_id, required, bot_id, scopes, etag, created_by,
        last_modified_date_time, capabilities, activities)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String INSERT_PACKAGE =
      """
      insert into teams_package (
        tenant_id, app_id, version_key, archive, color_icon, outline_icon)
      values (?, ?, ?, ?, ?, ?)
      """;

  private static final String RENAME_APP =
      """
      update teams_app a set display_name = (
        select d.display_name from teams_definition d
        where d.tenant_id = a.tenant_id and d.app_id = a.app_id
        order by (d.publishing_state = 'published') desc, d.version_key desc limit 1)
      where a.tenant_id = ? and a.app_id = ?
      """;

  private static final String DEFINITION =
      """
      select definition_id, version, version_key, publishing_state, etag from teams_definition
      where tenant_id = ? and app_id = ? and definition_id = ? for update
      """;

  private static final String DECIDE =
      """
      update teams_definition set publishing_state = ?, definition_id = ?, etag = ?,
        last_modified_date_time = ?, created_by = case when ? then null else created_by end
      where tenant_id = ? and app_id = ? and version_key = ?
      """;

  private CatalogueStore() {}

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
            Sql.of(INSERT_APP, tenantId, appId, externalId, displayName, distributionMethod, now));
  }

  static Optional<App> app(Tx tx, String tenantId, String appId) {
    return tx.one(
        Sql.of(APP, tenantId, appId),
        row ->
            new App(
                row.text("app_id"),
                row.textOrNull("external_id"),
                row.text("distribution_method")));
  }

  static boolean hasApp(Tx tx, String tenantId, String appId) {
    return tx.one(
            Sql.of(
                "select app_id from teams_app where tenant_id = ? and app_id = ? and"
                    + " removed_date_time is null",
                tenantId,
                appId),
            row -> true)
        .isPresent();
  }

  /** Whether there is or was such an app. */
  static boolean hadApp(Tx tx, String tenantId, String appId) {
    return tx.one(
            Sql.of(
                "select app_id from teams_app where tenant_id = ? and app_id = ?", tenantId, appId),
            row -> true)
        .isPresent();
  }

  static void insertDefinition(
      Tx tx,
      String tenantId,
      String appId,
      String definitionId,
      String state,
      Manifest manifest,
      String etag,
      @Nullable JsonNode createdBy,
      @Nullable Instant lastModified) {
    int _ =
        tx.update(
            Sql.of(
                INSERT_DEFINITION,
                tenantId,
                appId,
                manifest.version().key(),
                manifest.version().text(),
                definitionId,
                state,
                manifest.displayName(),
                manifest.shortDescription(),
                manifest.description(),
                manifest.clientAppId(),
                PermissionJson.write(manifest.required()),
                manifest.botId(),
                List.of("team", "groupChat", "personal").stream()
                    .filter(manifest.installationScopes()::contains)
                    .toList(),
                etag,
                createdBy,
                lastModified,
                CapabilitiesJson.write(manifest.capabilities()),
                activities(manifest.activities())));
  }

  static void insertPackage(Tx tx, String tenantId, String appId, AppPackage opened) {
    int _ =
        tx.update(
            Sql.of(
                INSERT_PACKAGE,
                tenantId,
                appId,
                opened.manifest().version().key(),
                opened.archive(),
                opened.colorIcon(),
                opened.outlineIcon()));
  }

  private static ObjectNode activities(Map<String, String> activities) {
    ObjectNode templates = Json.object();
    activities.forEach(templates::put);
    return templates;
  }

  /** The published definitions of an app whose manifests have been read, newest first. */
  static List<Declared> declared(Tx tx, String tenantId, String appId) {
    return tx.list(
        Sql.of(DECLARED, tenantId, appId),
        row ->
            new Declared(
                row.text("version_key"),
                PermissionJson.read(row.json("required")),
                CapabilitiesJson.read(row.json("capabilities"))));
  }

  /** Keeps what a version has more than earlier ones, reason by reason. */
  static void insertWidenings(Tx tx, String tenantId, String appId, String toKey, List<Wider> all) {
    int _ =
        tx.update(
            Sql.of(
                INSERT_WIDENINGS,
                tenantId,
                appId,
                toKey,
                all.stream().map(Wider::fromKey).toList(),
                all.stream().map(one -> one.kind().text()).toList(),
                all.stream()
                    .map(
                        one ->
                            one.more().stream()
                                .map(Widening::wire)
                                .collect(Collectors.joining(",")))
                    .toList()));
  }

  /** A definition that an earlier program took in, locked, with its package. */
  static Optional<Unread> unread(Tx tx) {
    return tx.one(
        Sql.of(UNREAD),
        row ->
            new Unread(
                row.text("tenant_id"),
                row.text("app_id"),
                row.text("version_key"),
                row.bytes("archive")));
  }

  /** Keeps what the manifest of such a definition declares. */
  static void read(
      Tx tx, Unread definition, Capabilities capabilities, Map<String, String> activities) {
    int _ =
        tx.update(
            Sql.of(
                "update teams_definition set capabilities = ?, activities = ? where tenant_id = ?"
                    + " and app_id = ? and version_key = ?",
                CapabilitiesJson.write(capabilities),
                activities(activities),
                definition.tenantId(),
                definition.appId(),
                definition.versionKey()));
  }

  static void renameApp(Tx tx, String tenantId, String appId) {
    int _ = tx.update(Sql.of(RENAME_APP, tenantId, appId));
  }

  static boolean hasDefinition(Tx tx, String tenantId, String appId, String state) {
    return tx.one(
            Sql.of(
                "select app_id from teams_definition where tenant_id = ? and app_id = ? and"
                    + " publishing_state = ? limit 1",
                tenantId,
                appId,
                state),
            row -> true)
        .isPresent();
  }

  static Optional<Definition> definition(Tx tx, String tenantId, String appId, String id) {
    return tx.one(
        Sql.of(DEFINITION, tenantId, appId, id),
        row ->
            new Definition(
                row.text("definition_id"),
                row.text("version"),
                row.text("version_key"),
                row.text("publishing_state"),
                row.text("etag")));
  }

  static void decide(
      Tx tx,
      String tenantId,
      String appId,
      Definition definition,
      String state,
      String newId,
      String etag,
      @Nullable Instant lastModified) {
    int _ =
        tx.update(
            Sql.of(
                DECIDE,
                state,
                newId,
                etag,
                lastModified,
                lastModified == null,
                tenantId,
                appId,
                definition.versionKey()));
  }

  static void deleteDefinition(Tx tx, String tenantId, String appId, String versionKey) {
    int _ =
        tx.update(
            Sql.of(
                "delete from teams_definition where tenant_id = ? and app_id = ? and version_key ="
                    + " ?",
                tenantId,
                appId,
                versionKey));
  }

  /** Deletes an app of which nothing is left. */
  static void deleteEmptyApp(Tx tx, String tenantId, String appId) {
    int _ =
        tx.update(
            Sql.of(
                "delete from teams_app a where a.tenant_id = ? and a.app_id = ? and not exists"
                    + " (select 1 from teams_definition d where d.tenant_id = a.tenant_id and"
                    + " d.app_id = a.app_id)",
                tenantId,
                appId));
  }

  static void removeApp(Tx tx, String tenantId, String appId, Instant now) {
    int _ =
        tx.update(
            Sql.of(
                "update teams_app set removed_date_time = ? where tenant_id = ? and app_id = ?",
                now,
                tenantId,
                appId));
  }

  /** The bytes of an icon: {@code color_icon} or {@code outline_icon}. */
  static Optional<byte[]> icon(
      Tx tx, String tenantId, String appId, String definitionId, boolean color) {
    return tx.one(
        Sql.of(
            """
            select p.%s as icon from teams_definition d
            join teams_app a on a.tenant_id = d.tenant_id and a.app_id = d.app_id
            join teams_package p on p.tenant_id = d.tenant_id and p.app_id = d.app_id
              and p.version_key = d.version_key
            where d.tenant_id = ? and d.app_id = ? and d.definition_id = ?
              and a.removed_date_time is null
            """
                .formatted(color ? "color_icon" : "outline_icon"),
            tenantId,
            appId,
            definitionId),
        row -> row.bytes("icon"));
  }
}
