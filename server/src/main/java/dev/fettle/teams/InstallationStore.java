package dev.fettle.teams;

import dev.fettle.base.Ids;
import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.directory.Owners;
import dev.fettle.directory.OwnerKind;
import dev.fettle.teams.packages.Permission;
import dev.fettle.teams.packages.PermissionSet;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rows of installations and grants. */
final class InstallationStore {

  private static final String COLUMNS =
      """
      select o.owner_id, a.app_id,
        (a.app_id is not null and a.removed_date_time is null) as in_catalogue,
        i.installation_id, i.version_key, i.consented,
        d.version, d.client_app_id,
        n.version as newest_version, n.version_key as newest_version_key,
        n.required as newest_required, n.client_app_id as newest_client_app_id,
        coalesce(s.user_consent_enabled, true) as user_consent_enabled,
        coalesce(s.chat_consent_enabled, true) as chat_consent_enabled,
      """;

  private static final String JOINS =
      """
      left join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
        and d.version_key = i.version_key
      left join lateral (
        select p.version, p.version_key, p.required, p.client_app_id
        from teams_definition p
        where p.tenant_id = a.tenant_id and p.app_id = a.app_id
          and p.publishing_state = 'published'
        order by p.version_key desc limit 1) n on true
      left join teams_settings s on s.tenant_id = ?
      """;

  /** Makes the grants of an installation what they are now: what stays keeps its id. */
  private static final String GRANTED =
      """
      , wanted as (
        select * from unnest(?, ?) as w (permission, grant_id)
      ), dropped as (
        delete from teams_grant g using changed c
        where g.tenant_id = ? and g.owner_kind = c.owner_kind and g.owner_id = c.owner_id
          and g.app_id = c.app_id and g.permission not in (select w.permission from wanted w)
      ), added as (
        insert into teams_grant (
          tenant_id, owner_kind, owner_id, app_id, permission, grant_id, client_app_id, client_id)
        select ?, c.owner_kind, c.owner_id, c.app_id, w.permission, w.grant_id, ?, ?
        from changed c, wanted w
        on conflict (tenant_id, owner_kind, owner_id, app_id, permission)
          do update set client_app_id = excluded.client_app_id, client_id = excluded.client_id
          where teams_grant.client_app_id <> excluded.client_app_id
      )
      """;

  /** The end of a change, from which its grants go on. */
  private static final String CHANGED =
      """
      returning owner_kind, owner_id, installation_id, app_id)
      """;

  private InstallationStore() {}

  /** Everything about an installation; nothing if the owner is not there. */
  static Optional<InstallationFacts> installation(
      Tx tx, String tenantId, Owner owner, String installationId, @Nullable String userId) {
    return tx.one(
        columns(tenantId, owner, userId)
            .append(
                """
                left join teams_installation i on i.tenant_id = ? and i.owner_kind = ?
                  and i.owner_id = o.owner_id and i.installation_id = ?
                left join teams_app a on a.tenant_id = i.tenant_id and a.app_id = i.app_id
                """,
                tenantId,
                owner.kind().text(),
                installationId)
            .append(JOINS, tenantId),
        row -> facts(row, owner.kind()));
  }

  /** Everything about an app that may come into an owner, which is held against deletion. */
  static Optional<InstallationFacts> app(
      Tx tx, String tenantId, Owner owner, String appId, @Nullable String userId) {
    return tx.one(
        columns(tenantId, owner, userId)
            .append(
                """
                left join teams_app a on a.tenant_id = ? and a.app_id = ?
                  and a.distribution_method <> 'sideloaded'
                left join teams_installation i on i.tenant_id = ? and i.owner_kind = ?
                  and i.owner_id = o.owner_id and i.app_id = ?
                """,
                tenantId,
                appId,
                tenantId,
                owner.kind().text(),
                appId)
            .append(JOINS, tenantId)
            .append("for key share of o"),
        row -> facts(row, owner.kind()));
  }

  private static Sql columns(String tenantId, Owner owner, @Nullable String userId) {
    return Sql.of(COLUMNS)
        .append(Owners.includes(owner.kind(), tenantId, "o.owner_id", userId))
        .append(" as part_of_owner from ")
        .append(Owners.row(owner.kind(), tenantId, owner.key()))
        .append(" o\n");
  }

  private static InstallationFacts facts(Row row, OwnerKind kind) {
    return new InstallationFacts(
        row.text("owner_id"),
        row.textOrNull("app_id"),
        row.flag("in_catalogue"),
        installed(row),
        newest(row),
        Boolean.TRUE.equals(row.flagOrNull("part_of_owner")),
        switch (kind) {
          case USER -> row.flag("user_consent_enabled");
          case CHAT -> row.flag("chat_consent_enabled");
          case TEAM -> true;
        });
  }

  private static @Nullable Installation installed(Row row) {
    String id = row.textOrNull("installation_id");
    return id == null
        ? null
        : new Installation(
            id,
            row.text("app_id"),
            row.text("version"),
            row.text("version_key"),
            PermissionJson.readOrNull(row.jsonOrNull("consented")),
            row.textOrNull("client_app_id"));
  }

  private static @Nullable PublishedDefinition newest(Row row) {
    String version = row.textOrNull("newest_version");
    return version == null
        ? null
        : new PublishedDefinition(
            version,
            row.text("newest_version_key"),
            PermissionJson.read(row.json("newest_required")),
            row.textOrNull("newest_client_app_id"));
  }

  /** Adds an installation with its grants; false if the app is there already. */
  static boolean insert(
      Tx tx,
      String tenantId,
      OwnerKind kind,
      String ownerId,
      String installationId,
      String appId,
      PublishedDefinition definition,
      PermissionSet consented,
      Instant now,
      Ids ids) {
    Sql sql =
        Sql.of(
            """
            with changed as (
              insert into teams_installation (
                tenant_id, owner_kind, owner_id, installation_id, app_id, version_key, consented,
                created_date_time)
              values (?, ?, ?, ?, ?, ?, ?, ?)
              on conflict do nothing
            """
                + CHANGED,
            tenantId,
            kind.text(),
            ownerId,
            installationId,
            appId,
            definition.versionKey(),
            stored(consented),
            now);
    return changed(tx, sql, tenantId, appId, definition, PermissionSet.EMPTY, consented, ids);
  }

  /** Moves an installation; false if it is no longer at the version that was read. */
  static boolean move(
      Tx tx,
      String tenantId,
      OwnerKind kind,
      String ownerId,
      Installation installed,
      PublishedDefinition definition,
      PermissionSet consented,
      Instant now,
      Ids ids) {
    Sql sql =
        Sql.of(
            """
            with changed as (
              update teams_installation
              set version_key = ?, consented = ?, upgraded_date_time = ?
              where tenant_id = ? and owner_kind = ? and owner_id = ? and installation_id = ?
                and version_key = ?
            """
                + CHANGED,
            definition.versionKey(),
            stored(consented),
            now,
            tenantId,
            kind.text(),
            ownerId,
            installed.id(),
            installed.versionKey());
    return changed(
        tx,
        sql,
        tenantId,
        installed.appId(),
        definition,
        installed.consentedSet(),
        consented,
        ids);
  }

  /**
   * Carries a change out with the grants that follow from it.
   *
   * @param before the set that was consented to until now
   */
  private static boolean changed(
      Tx tx,
      Sql change,
      String tenantId,
      String appId,
      PublishedDefinition definition,
      PermissionSet before,
      PermissionSet consented,
      Ids ids) {
    Sql sql = change;
    List<String> permissions =
        consented.application().permissions().stream().map(Permission::value).toList();
    if (!permissions.isEmpty() || !before.application().isEmpty()) {
      String registration = definition.clientAppId();
      String clientAppId = registration == null ? appId : registration;
      sql =
          sql.append(
              GRANTED,
              permissions,
              permissions.stream()
                  .map(name -> TeamsIds.base64(ids.guid() + "##" + name + "##Application"))
                  .toList(),
              tenantId,
              tenantId,
              clientAppId,
              servicePrincipal(tenantId, clientAppId));
    }
    return tx.one(sql.append("select app_id from changed"), row -> true).isPresent();
  }

  /** Removes an installation, and by cascade its grants; false if it is gone already. */
  static boolean delete(
      Tx tx, String tenantId, OwnerKind kind, String ownerId, String installationId) {
    return tx.update(
            Sql.of(
                """
                delete from teams_installation
                where tenant_id = ? and owner_kind = ? and owner_id = ? and installation_id = ?
                """,
                tenantId,
                kind.text(),
                ownerId,
                installationId))
        == 1;
  }

  /** Removes all that is installed in an owner, and by cascade its grants. */
  static void deleteAll(Tx tx, String tenantId, OwnerKind kind, String ownerId) {
    int _ =
        tx.update(
            Sql.of(
                """
                delete from teams_installation
                where tenant_id = ? and owner_kind = ? and owner_id = ?
                """,
                tenantId,
                kind.text(),
                ownerId));
  }

  /**
   * Moves what needs nobody's consent to a definition, with the grants that are left: for less can
   * be required there, and never more.
   *
   * @return how many moved
   */
  static int moveAll(Tx tx, String tenantId, String appId, PublishedDefinition to, Instant now) {
    Sql sql =
        Sql.of(
                """
                with changed as (
                  update teams_installation i
                  set version_key = ?, upgraded_date_time = ?, consented =
                """,
                to.versionKey(),
                now)
            .append(byScope("?::jsonb", kind -> stored(to.required().part(kind))))
            .append(
                """
                  from teams_widening w
                  where i.tenant_id = ? and i.app_id = ? and i.version_key < ?
                    and w.tenant_id = ? and w.app_id = i.app_id and w.from_key = i.version_key
                    and w.to_key = ? and w.owner_kind = i.owner_kind and w.reasons = '{}'
                  returning i.owner_kind, i.owner_id, i.installation_id, i.app_id
                ), dropped as (
                  delete from teams_grant i using changed c
                  where i.tenant_id = ? and i.owner_kind = c.owner_kind
                    and i.owner_id = c.owner_id and i.app_id = c.app_id and i.permission <> all (
                """,
                tenantId,
                appId,
                to.versionKey(),
                tenantId,
                to.versionKey(),
                tenantId)
            .append(
                byScope(
                    "?::text[]",
                    kind ->
                        to.required().part(kind).application().permissions().stream()
                            .map(Permission::value)
                            .toList()))
            .append(
                """
                ))
                select count(*) as moved from changed
                """);
    return Math.toIntExact(tx.one(sql, row -> row.bigint("moved")).orElseThrow());
  }

  /** A value for each kind of owner of the row {@code i}. */
  private static Sql byScope(String cast, Function<OwnerKind, @Nullable Object> value) {
    Sql sql = Sql.of("(case i.owner_kind ");
    for (OwnerKind kind : OwnerKind.values()) {
      sql = sql.append("when '%s' then %s ".formatted(kind.text(), cast), value.apply(kind));
    }
    return sql.append("end)");
  }

  /** The apps of the catalogue that have installations behind their newest published definition. */
  static List<String> behind(Tx tx, String tenantId) {
    return tx.list(
        Sql.of(
            """
            select a.app_id from teams_app a
            where a.tenant_id = ? and a.removed_date_time is null and exists (
              select 1 from teams_installation i
              join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
                and d.publishing_state = 'published' and d.version_key > i.version_key
              where i.tenant_id = a.tenant_id and i.app_id = a.app_id)
            order by a.app_id
            """,
            tenantId),
        row -> row.text("app_id"));
  }

  /** The newest published definition, if the tenant lets installations follow it. */
  static Optional<PublishedDefinition> automatic(Tx tx, String tenantId, String appId) {
    return tx.one(
        Sql.of(
            """
            select d.version as newest_version, d.version_key as newest_version_key,
              d.required as newest_required, d.client_app_id as newest_client_app_id
            from teams_settings s
            join teams_definition d on d.tenant_id = s.tenant_id and d.app_id = ?
              and d.publishing_state = 'published'
            where s.tenant_id = ? and s.automatic_upgrades
            order by d.version_key desc limit 1
            """,
            appId,
            tenantId),
        row -> {
          PublishedDefinition definition = newest(row);
          if (definition == null) {
            throw new IllegalStateException("a published definition has a version");
          }
          return definition;
        });
  }

  /** The versions above the newest published one that wait for their review, newest first. */
  static List<SubmittedVersion> submitted(Tx tx, String tenantId, String appId, String newestKey) {
    return tx.list(
        Sql.of(
            """
            select definition_id, version, required from teams_definition
            where tenant_id = ? and app_id = ? and publishing_state = 'submitted'
              and version_key > ?
            order by version_key desc
            """,
            tenantId,
            appId,
            newestKey),
        row ->
            new SubmittedVersion(
                appId,
                row.text("definition_id"),
                row.text("version"),
                PermissionJson.read(row.json("required"))));
  }

  /** One published definition of an app. */
  static Optional<PublishedDefinition> definition(Tx tx, String tenantId, String appId, String version) {
    return tx.one(
        Sql.of(
            "select version, version_key, required, client_app_id from teams_definition"
                + " where tenant_id = ? and app_id = ? and version = ?"
                + " and publishing_state = 'published'",
            tenantId,
            appId,
            version),
        row ->
            new PublishedDefinition(
                row.text("version"),
                row.text("version_key"),
                PermissionJson.read(row.json("required")),
                row.textOrNull("client_app_id")));
  }

  /** The permissions that an app by itself holds in an owner. */
  static Set<String> granted(
      Tx tx, String tenantId, String clientAppId, OwnerKind kind, String ownerKey) {
    return Set.copyOf(
        tx.list(
            Sql.of(
                    "select permission from teams_grant where tenant_id = ? and client_app_id ="
                        + " lower(?) and owner_kind = ? and owner_id = ",
                    tenantId,
                    clientAppId,
                    kind.text())
                .append(Owners.id(kind, tenantId, ownerKey)),
            row -> row.text("permission")));
  }

  private static @Nullable JsonNode stored(PermissionSet consented) {
    return consented.isEmpty() ? null : PermissionJson.write(consented);
  }

  /** A registration's service principal in a tenant: made up, and always the same. */
  private static String servicePrincipal(String tenantId, String clientAppId) {
    byte[] both = (tenantId + "/" + clientAppId).getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(both).toString();
  }
}
