package dev.fettle.teams;

import dev.fettle.base.Guids;
import dev.fettle.base.Ids;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.directory.OwnerKind;
import dev.fettle.directory.Owners;
import dev.fettle.teams.packages.Permission;
import dev.fettle.teams.packages.PermissionSet;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of installations and grants. */
final class InstallationStore {

  private static final String FACTS =
      """
      select o.owner_id, a.app_id,
        (a.app_id is not null and a.removed_date_time is null) as in_catalogue,
        i.installation_id, i.version_key, i.consented, d.version, d.client_app_id,
        n.version as newest_version, n.version_key as newest_version_key,
        n.required as newest_required, n.client_app_id as newest_client_app_id,
        case :ownerKind when 'user' then coalesce(s.user_consent_enabled, true)
          when 'chat' then coalesce(s.chat_consent_enabled, true) else true end
          as consent_enabled,
        coalesce(o.owner_id = :userId or exists (
          select 1 from directory_member m
          where m.tenant_id = :tenantId and m.host_kind = :ownerKind
            and m.host_id = o.owner_id and m.user_id = :userId), false) as part_of_owner
      """;

  private static final String NEWEST_AND_SETTINGS =
      """
      left join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
        and d.version_key = i.version_key
      left join lateral (
        select p.version, p.version_key, p.required, p.client_app_id
        from teams_definition p
        where p.tenant_id = a.tenant_id and p.app_id = a.app_id
          and p.publishing_state = 'published'
        order by p.version_key desc limit 1) n on true
      left join teams_settings s on s.tenant_id = :tenantId
      """;

  private static final String OF_INSTALLATION =
      """
      left join teams_installation i on i.tenant_id = :tenantId and i.owner_kind = :ownerKind
        and i.owner_id = o.owner_id and i.installation_id = :installationId
      left join teams_app a on a.tenant_id = i.tenant_id and a.app_id = i.app_id
      """;

  private static final String OF_APP =
      """
      left join teams_app a on a.tenant_id = :tenantId and a.app_id = :appId
        and a.distribution_method <> 'sideloaded'
      left join teams_installation i on i.tenant_id = :tenantId and i.owner_kind = :ownerKind
        and i.owner_id = o.owner_id and i.app_id = :appId
      """;

  private static final String USER_BY_NAME =
      """
      from (
        select user_id as owner_id from directory_user
        where tenant_id = :tenantId and user_principal_name_key = lower(:ownerKey)) o
      """;

  private static final String BY_ID =
      """
      from (select ID as owner_id from TABLE where tenant_id = :tenantId and ID = :ownerKey) o
      """;

  /** The facts of an installation or of an app that may be installed, for each way to an owner. */
  private record FactsQuery(Sql userByName, Map<OwnerKind, Sql> byId) {

    static FactsQuery of(String joins, String end) {
      String more = joins + NEWEST_AND_SETTINGS + end;
      return new FactsQuery(
          Sql.of(FACTS + USER_BY_NAME + more), OwnerKind.each(FACTS + BY_ID + more));
    }

    Sql with(String tenantId, Owner owner, @Nullable String userId) {
      boolean named = owner.kind() == OwnerKind.USER && owner.key().indexOf('@') >= 0;
      return (named ? userByName : Objects.requireNonNull(byId.get(owner.kind())))
          .with("tenantId", tenantId)
          .with("ownerKind", owner.kind())
          .with("ownerKey", named ? owner.key() : Guids.canonical(owner.key()))
          .with("userId", userId);
    }
  }

  private static final FactsQuery INSTALLATION = FactsQuery.of(OF_INSTALLATION, "");
  private static final FactsQuery APP = FactsQuery.of(OF_APP, "for key share of o");

  private static final Sql INSERT =
      Sql.of(
          """
          with changed as (
            insert into teams_installation (
              tenant_id, owner_kind, owner_id, installation_id, app_id, version_key, consented,
              created_date_time)
            values (:tenantId, :ownerKind, :ownerId, :installationId, :appId, :versionKey,
              :consented, :now)
            on conflict do nothing
            returning owner_kind, owner_id, app_id)
          """);

  private static final Sql MOVE =
      Sql.of(
          """
          with changed as (
            update teams_installation
            set version_key = :versionKey, consented = :consented, upgraded_date_time = :now
            where tenant_id = :tenantId and owner_kind = :ownerKind and owner_id = :ownerId
              and installation_id = :installationId and version_key = :fromKey
            returning owner_kind, owner_id, app_id)
          """);

  /** The grants of an installation made what they are now: those that stay keep their ids. */
  private static final Sql GRANTED =
      Sql.of(
          """
          , wanted as (
            select * from unnest(:granted, :grantIds) as w (permission, grant_id)
          ), dropped as (
            delete from teams_grant g using changed c
            where g.tenant_id = :tenantId and g.owner_kind = c.owner_kind
              and g.owner_id = c.owner_id and g.app_id = c.app_id
              and g.permission not in (select w.permission from wanted w)
          ), added as (
            insert into teams_grant (
              tenant_id, owner_kind, owner_id, app_id, permission, grant_id, client_app_id,
              client_id)
            select :tenantId, c.owner_kind, c.owner_id, c.app_id, w.permission, w.grant_id,
              :clientAppId, :clientId
            from changed c, wanted w
            on conflict (tenant_id, owner_kind, owner_id, app_id, permission)
              do update set client_app_id = excluded.client_app_id, client_id = excluded.client_id
              where teams_grant.client_app_id <> excluded.client_app_id
          )
          """);

  private static final Sql CHANGED = Sql.of("select app_id from changed");
  private static final Sql INSERT_ALONE = INSERT.append(CHANGED);
  private static final Sql INSERT_GRANTED = INSERT.append(GRANTED).append(CHANGED);
  private static final Sql MOVE_ALONE = MOVE.append(CHANGED);
  private static final Sql MOVE_GRANTED = MOVE.append(GRANTED).append(CHANGED);

  private static final Sql DELETE =
      Sql.of(
          """
          delete from teams_installation
          where tenant_id = :tenantId and owner_kind = :ownerKind and owner_id = :ownerId
            and installation_id = :installationId
          """);

  private static final Sql DELETE_ALL =
      Sql.of(
          """
          delete from teams_installation
          where tenant_id = :tenantId and owner_kind = :ownerKind and owner_id = :ownerId
          """);

  private static final Sql MOVE_ALL =
      Sql.of(
          """
          with changed as (
            update teams_installation i
            set version_key = :versionKey, upgraded_date_time = :now, consented =
              case i.owner_kind when 'user' then :userConsented::jsonb
                when 'chat' then :chatConsented::jsonb else :teamConsented::jsonb end
            from teams_widening w
            where i.tenant_id = :tenantId and i.app_id = :appId and i.version_key < :versionKey
              and w.tenant_id = :tenantId and w.app_id = i.app_id and w.from_key = i.version_key
              and w.to_key = :versionKey and w.owner_kind = i.owner_kind and w.reasons = '{}'
            returning i.owner_kind, i.owner_id, i.app_id
          ), dropped as (
            delete from teams_grant g using changed c
            where g.tenant_id = :tenantId and g.owner_kind = c.owner_kind
              and g.owner_id = c.owner_id and g.app_id = c.app_id and g.permission <> all (
                case g.owner_kind when 'user' then :userGranted::text[]
                  when 'chat' then :chatGranted::text[] else :teamGranted::text[] end)
          )
          select count(*) as moved from changed
          """);

  private static final Sql BEHIND =
      Sql.of(
          """
          select a.app_id from teams_app a
          where a.tenant_id = :tenantId and a.removed_date_time is null and exists (
            select 1 from teams_installation i
            join teams_definition d on d.tenant_id = i.tenant_id and d.app_id = i.app_id
              and d.publishing_state = 'published' and d.version_key > i.version_key
            where i.tenant_id = a.tenant_id and i.app_id = a.app_id)
          order by a.app_id
          """);

  private static final Sql AUTOMATIC =
      Sql.of(
          """
          select d.version, d.version_key, d.required, d.client_app_id
          from teams_settings s
          join teams_definition d on d.tenant_id = s.tenant_id and d.app_id = :appId
            and d.publishing_state = 'published'
          where s.tenant_id = :tenantId and s.automatic_upgrades
          order by d.version_key desc limit 1
          """);

  private static final Sql SUBMITTED =
      Sql.of(
          """
          select app_id, definition_id, version, required from teams_definition
          where tenant_id = :tenantId and app_id = :appId and publishing_state = 'submitted'
            and version_key > :newestKey
          order by version_key desc
          """);

  private static final Sql PUBLISHED =
      Sql.of(
          """
          select version, version_key, required, client_app_id from teams_definition
          where tenant_id = :tenantId and app_id = :appId and version = :version
            and publishing_state = 'published'
          """);

  private static final Sql GRANTS =
      Sql.of(
          """
          select permission from teams_grant
          where tenant_id = :tenantId and client_app_id = lower(:clientAppId)
            and owner_kind = :ownerKind and owner_id =
          """);

  private InstallationStore() {}

  /**
   * A place in which an app is or comes to be installed.
   *
   * @param installationId the id that the installation has or gets
   */
  record Place(
      String tenantId, OwnerKind ownerKind, String ownerId, String appId, String installationId) {}

  /** Everything about an installation; nothing if the owner is not there. */
  static Optional<InstallationFacts> installation(
      Tx tx, String tenantId, Owner owner, String installationId, @Nullable String userId) {
    Sql sql = INSTALLATION.with(tenantId, owner, userId);
    return tx.one(sql.with("installationId", installationId), InstallationFacts.class);
  }

  /** Everything about an app that may come into an owner, which is held against deletion. */
  static Optional<InstallationFacts> app(
      Tx tx, String tenantId, Owner owner, String appId, @Nullable String userId) {
    Sql sql = APP.with(tenantId, owner, userId);
    return tx.one(sql.with("appId", appId), InstallationFacts.class);
  }

  /** Adds an installation with its grants; false if the app is there already. */
  static boolean insert(
      Tx tx,
      Place place,
      PublishedDefinition definition,
      PermissionSet consented,
      Instant now,
      Ids ids) {
    boolean granted = !consented.application().isEmpty();
    Sql sql = granted ? granted(INSERT_GRANTED, place, definition, consented, ids) : INSERT_ALONE;
    return changed(tx, sql.with(place), definition, consented, now);
  }

  /** Moves an installation; false if it is no longer at the version that was read. */
  static boolean move(
      Tx tx,
      Place place,
      Installation installed,
      PublishedDefinition definition,
      PermissionSet consented,
      Instant now,
      Ids ids) {
    boolean granted =
        !consented.application().isEmpty() || !installed.consented().application().isEmpty();
    Sql sql = granted ? granted(MOVE_GRANTED, place, definition, consented, ids) : MOVE_ALONE;
    return changed(
        tx, sql.with(place).with("fromKey", installed.versionKey()), definition, consented, now);
  }

  private static boolean changed(
      Tx tx, Sql sql, PublishedDefinition definition, PermissionSet consented, Instant now) {
    return tx.one(
            sql.with("versionKey", definition.versionKey())
                .with("consented", PermissionJson.writeOrNull(consented))
                .with("now", now),
            String.class)
        .isPresent();
  }

  private static Sql granted(
      Sql change, Place place, PublishedDefinition definition, PermissionSet consented, Ids ids) {
    List<String> permissions = names(consented.application());
    String registration = definition.clientAppId();
    String clientAppId = registration == null ? place.appId() : registration;
    return change
        .with("granted", permissions)
        .with(
            "grantIds",
            permissions.stream()
                .map(name -> TeamsIds.base64(ids.guid() + "##" + name + "##Application"))
                .toList())
        .with("clientAppId", clientAppId)
        .with("clientId", servicePrincipal(place.tenantId(), clientAppId));
  }

  /** Removes an installation, and by cascade its grants; false if it is gone already. */
  static boolean delete(Tx tx, Place place) {
    return tx.update(DELETE.with(place)) == 1;
  }

  /** Removes all that is installed in an owner, and by cascade its grants. */
  static void deleteAll(Tx tx, String tenantId, OwnerKind kind, String ownerId) {
    Sql sql = DELETE_ALL.with("tenantId", tenantId);
    int _ = tx.update(sql.with("ownerKind", kind).with("ownerId", ownerId));
  }

  /**
   * Moves what needs nobody's consent to a definition, with the grants that are left: for less can
   * be required there, and never more.
   *
   * @return how many moved
   */
  static long moveAll(Tx tx, String tenantId, String appId, PublishedDefinition to, Instant now) {
    Sql sql =
        MOVE_ALL
            .with("tenantId", tenantId)
            .with("appId", appId)
            .with("versionKey", to.versionKey())
            .with("now", now);
    for (OwnerKind kind : OwnerKind.values()) {
      PermissionSet part = to.requiredSet().part(kind);
      sql =
          sql.with(kind.text() + "Consented", PermissionJson.writeOrNull(part))
              .with(kind.text() + "Granted", names(part.application()));
    }
    return tx.one(sql, Long.class).orElseThrow();
  }

  private static List<String> names(PermissionSet set) {
    return set.permissions().stream().map(Permission::value).toList();
  }

  /** The apps of the catalogue that have installations behind their newest published definition. */
  static List<String> behind(Tx tx, String tenantId) {
    return tx.list(BEHIND.with("tenantId", tenantId), String.class);
  }

  /** The newest published definition, if the tenant lets installations follow it. */
  static Optional<PublishedDefinition> automatic(Tx tx, String tenantId, String appId) {
    return tx.one(
        AUTOMATIC.with("tenantId", tenantId).with("appId", appId), PublishedDefinition.class);
  }

  /** The versions above the newest published one that wait for their review, newest first. */
  static List<SubmittedVersion> submitted(Tx tx, String tenantId, String appId, String newestKey) {
    Sql sql = SUBMITTED.with("tenantId", tenantId).with("appId", appId);
    return tx.list(sql.with("newestKey", newestKey), SubmittedVersion.class);
  }

  /** One published definition of an app. */
  static Optional<PublishedDefinition> definition(
      Tx tx, String tenantId, String appId, String version) {
    Sql sql = PUBLISHED.with("tenantId", tenantId).with("appId", appId);
    return tx.one(sql.with("version", version), PublishedDefinition.class);
  }

  /** The permissions that an app by itself holds in an owner. */
  static Set<String> granted(
      Tx tx, String tenantId, String clientAppId, OwnerKind kind, String ownerKey) {
    Sql sql =
        GRANTS
            .append(Owners.id(kind, tenantId, ownerKey))
            .with("tenantId", tenantId)
            .with("clientAppId", clientAppId)
            .with("ownerKind", kind);
    return Set.copyOf(tx.list(sql, String.class));
  }

  /** A registration's service principal in a tenant: made up, and always the same. */
  private static String servicePrincipal(String tenantId, String clientAppId) {
    byte[] both = (tenantId + "/" + clientAppId).getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(both).toString();
  }
}
