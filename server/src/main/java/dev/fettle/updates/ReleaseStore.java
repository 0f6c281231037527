package dev.fettle.updates;

import dev.fettle.base.EnumNames;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.Change;
import dev.fettle.devices.SoftwareType;
import dev.fettle.devices.SoftwareVersion;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements on releases and their artifacts. */
final class ReleaseStore {

  /** The states of a release. */
  enum State {
    DRAFT,
    PUBLISHED,
    WITHDRAWN;

    /** The member's name in the schema. */
    String word() {
      return EnumNames.of(this);
    }
  }

  /** A release with its id and state. */
  record StoredRelease(String id, Release release, State state) {}

  private static final Sql INSERT =
      Sql.of(
          """
          insert into updates_release
            (tenant_id, id, software_type, version, version_key, display_name, device_types,
             models, state, created_by, created_date_time, last_modified_by,
             last_modified_date_time)
          values (:tenantId, :id, :softwareType, :version, :versionKey, :displayName, :deviceTypes,
             :models, 'draft', :by, :now, :by, :now)
          """);

  private static final Sql SEED =
      Sql.of(
          """
          insert into updates_release
            (tenant_id, id, software_type, version, version_key, display_name, device_types,
             models, state, created_date_time, last_modified_date_time, published_date_time)
          values (:tenantId, :id, :softwareType, :version, :versionKey, :displayName, :deviceTypes,
             :models, 'published', :created, :created, :published)
          on conflict do nothing
          """);

  private static final String SELECT =
      """
      select r.id, r.software_type, r.version, r.display_name, r.device_types, r.models, r.state
      from updates_release r where r.tenant_id = :tenantId\
      """;

  private static final Sql FIND = Sql.of(SELECT + " and r.id = :id");

  private static final Sql LOCK = Sql.of(SELECT + " and r.id = :id for update");

  private static final Sql NAMED =
      Sql.of(
          SELECT
              + """
               and r.version = :version and r.state <> 'draft'
                and coalesce(r.display_name, r.software_type) = :name
              order by r.id limit 1
              """);

  private static final Sql LOCK_VERSION =
      Sql.of(
          SELECT
              + """
               and r.software_type = :softwareType and r.version_key = :versionKey
              order by r.id for update
              """);

  private static final Sql NEWEST =
      Sql.of(
          """
          select distinct on (r.software_type) r.software_type, r.version from updates_release r
          where r.tenant_id = :tenantId and r.state = 'published'
            and (cardinality(r.device_types) = 0 or :deviceType = any(r.device_types))
            and (cardinality(r.models) = 0 or lower(:model) = any(r.models))
          order by r.software_type, r.version_key desc, r.published_date_time desc
          """);

  private static final Sql SAVE =
      Sql.of(
          """
          update updates_release
          set software_type = coalesce(:softwareType, software_type),
            version = coalesce(:version, version),
            version_key = coalesce(:versionKey, version_key),
            display_name = coalesce(:displayName, display_name),
            device_types = coalesce(:deviceTypes::text[], device_types),
            models = coalesce(:models::text[], models), last_modified_by = :by,
            last_modified_date_time = :now
          where tenant_id = :tenantId and id = :id and state = 'draft'
          """);

  private static final Sql SAVE_STATE =
      Sql.of(
          """
          update updates_release
          set state = :state, last_modified_by = :by, last_modified_date_time = :now,
            published_date_time = case when :state = 'published' then :now
              else published_date_time end,
            withdrawn_date_time = case when :state = 'withdrawn' then :now end
          where tenant_id = :tenantId and id = :id
          """);

  private static final Sql DELETE =
      Sql.of("delete from updates_release where tenant_id = :tenantId and id = :id");

  private static final String ARTIFACTS =
      """
      select a.release_id, r.module_number, a.file_name, a.sha256, a.sha1, a.md5, a.size,
        a.created_date_time created
      from updates_artifact a
      join updates_release r on r.tenant_id = a.tenant_id and r.id = a.release_id
      where r.tenant_id = :tenantId\
      """;

  private static final Sql OF_RELEASE =
      Sql.of(ARTIFACTS + " and a.release_id = :id order by a.file_name");

  // A device may fetch the files of what it is to install, and again those of what it installed.
  private static final Sql OF_DEVICE =
      Sql.of(
          ARTIFACTS
              + """
               and r.module_number = :moduleNumber and r.id in (
                select o.release_id from updates_operation o
                where o.tenant_id = :tenantId and o.device_id = :deviceId
                  and o.completed_date_time is null and o.cancel_requested_date_time is null
                union all
                select o.release_id from devices_device d join updates_operation o
                  on o.tenant_id = d.tenant_id and o.action_number = d.installed_action_id
                    and o.device_id = d.id
                where d.tenant_id = :tenantId and d.id = :deviceId)
              order by a.file_name
              """);

  private static final Sql COUNT_OTHER_ARTIFACTS =
      Sql.of(
          """
          select count(*)::integer others from updates_artifact
          where tenant_id = :tenantId and release_id = :id and file_name <> :fileName
          """);

  private static final Sql SAVE_ARTIFACT =
      Sql.of(
          """
          insert into updates_artifact
            (tenant_id, release_id, file_name, size, sha1, md5, sha256, created_by,
             created_date_time)
          values (:tenantId, :id, :fileName, :size, :sha1, :md5, :sha256, :by, :now)
          on conflict (tenant_id, release_id, file_name) do update
          set size = excluded.size, sha1 = excluded.sha1, md5 = excluded.md5,
            sha256 = excluded.sha256, created_by = excluded.created_by,
            created_date_time = excluded.created_date_time
          """);

  private static final Sql DELETE_ARTIFACT =
      Sql.of(
          """
          delete from updates_artifact
          where tenant_id = :tenantId and release_id = :id and file_name = :fileName
          """);

  private static final Sql IS_IN_USE =
      Sql.of(
          """
          select exists (select 1 from updates_artifact where sha256 = :sha256)
            or exists (select 1 from updates_diagnostics where sha256 = :sha256) in_use
          """);

  private ReleaseStore() {}

  private static Sql of(Sql statement, String tenantId, String id) {
    return statement.with("tenantId", tenantId).with("id", id);
  }

  private static @Nullable String key(@Nullable String version) {
    return version == null ? null : SoftwareVersion.of(version).key();
  }

  static void insert(Tx tx, String tenantId, String id, Release release, Change change) {
    one(
        tx,
        of(INSERT, tenantId, id)
            .with(release)
            .with("versionKey", key(release.version()))
            .with(change));
  }

  /**
   * Inserts a published release unless its id is there.
   *
   * @return whether it was not
   */
  static boolean seed(
      Tx tx, String tenantId, String id, Release release, Instant created, Instant published) {
    return tx.update(
            of(SEED, tenantId, id)
                .with(release)
                .with("versionKey", key(release.version()))
                .with("created", created)
                .with("published", published))
        > 0;
  }

  static Optional<StoredRelease> lock(Tx tx, String tenantId, String id) {
    return tx.one(of(LOCK, tenantId, id), StoredRelease.class);
  }

  static Optional<StoredRelease> find(Tx tx, String tenantId, String id) {
    return tx.one(of(FIND, tenantId, id), StoredRelease.class);
  }

  /** A release that was published once, by the name and version under which agents know it. */
  static Optional<StoredRelease> named(Tx tx, String tenantId, String name, String version) {
    return tx.one(
        NAMED.with("tenantId", tenantId).with("name", name).with("version", version),
        StoredRelease.class);
  }

  /** Locks every release of a version: two that are published at once meet here. */
  static List<StoredRelease> lockVersion(Tx tx, String tenantId, Release release) {
    return tx.list(
        LOCK_VERSION
            .with("tenantId", tenantId)
            .with(release)
            .with("versionKey", key(release.version())),
        StoredRelease.class);
  }

  private record NewestVersion(SoftwareType softwareType, String version) {}

  static Map<SoftwareType, String> newest(
      Tx tx, String tenantId, String deviceType, @Nullable String model) {
    Map<SoftwareType, String> newest = new EnumMap<>(SoftwareType.class);
    tx.list(
            NEWEST
                .with("tenantId", tenantId)
                .with("deviceType", deviceType)
                .with("model", model == null ? "" : model),
            NewestVersion.class)
        .forEach(one -> newest.put(one.softwareType(), one.version()));
    return newest;
  }

  static void save(Tx tx, String tenantId, String id, ReleaseChange changed, Change change) {
    one(
        tx,
        of(SAVE, tenantId, id)
            .with(changed)
            .with("versionKey", key(changed.version()))
            .with(change));
  }

  static void saveState(Tx tx, String tenantId, String id, State state, Change change) {
    one(tx, of(SAVE_STATE, tenantId, id).with("state", state).with(change));
  }

  static void delete(Tx tx, String tenantId, String id) {
    one(tx, of(DELETE, tenantId, id));
  }

  static int countOtherArtifacts(Tx tx, String tenantId, String releaseId, String fileName) {
    return tx.one(
            of(COUNT_OTHER_ARTIFACTS, tenantId, releaseId).with("fileName", fileName),
            Integer.class)
        .orElse(0);
  }

  static void saveArtifact(
      Tx tx, String tenantId, String releaseId, String fileName, Content content, Change change) {
    one(
        tx,
        of(SAVE_ARTIFACT, tenantId, releaseId)
            .with(content)
            .with("fileName", fileName)
            .with(change));
  }

  static boolean deleteArtifact(Tx tx, String tenantId, String releaseId, String fileName) {
    return tx.update(of(DELETE_ARTIFACT, tenantId, releaseId).with("fileName", fileName)) > 0;
  }

  /** The files of a release, by name. */
  static List<Artifact> artifacts(Tx tx, String tenantId, String releaseId) {
    return tx.list(of(OF_RELEASE, tenantId, releaseId), Artifact.class);
  }

  /** The files of a module, if the device has or may have them; else none. */
  static List<Artifact> artifacts(Tx tx, AuthenticatedDevice device, int moduleNumber) {
    return tx.list(OF_DEVICE.with(device).with("moduleNumber", moduleNumber), Artifact.class);
  }

  /** Answers if a release or diagnostics refer to a content. */
  static boolean isInUse(Tx tx, String sha256) {
    return tx.one(IS_IN_USE.with("sha256", sha256), Boolean.class).orElse(true);
  }

  private static void one(Tx tx, Sql command) {
    int touched = tx.update(command);
    if (touched != 1) {
      throw new IllegalStateException("expected to write one row, wrote " + touched);
    }
  }
}
