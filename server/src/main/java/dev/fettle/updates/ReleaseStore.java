package dev.fettle.updates;

import dev.fettle.db.Row;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.SoftwareVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The statements on releases and their artifacts. */
final class ReleaseStore {

  static final String DRAFT = "draft";
  static final String PUBLISHED = "published";
  static final String WITHDRAWN = "withdrawn";

  /** A release as far as decisions need it. */
  record ReleaseRow(
      String id,
      String softwareType,
      String version,
      @Nullable String displayName,
      ReleaseRules.Audience audience,
      String state) {}

  private static final String SELECT =
      """
      select r.id, r.software_type, r.version, r.display_name, r.device_types, r.models, r.state
      from updates_release r
      """;

  private static final String ARTIFACTS =
      """
      select a.release_id, r.module_number, a.file_name, a.sha256, a.sha1, a.md5, a.size,
        a.created_date_time
      from updates_artifact a
      join updates_release r on r.tenant_id = a.tenant_id and r.id = a.release_id
      """;

  // A device may fetch the files of what it is to install, and again those of what it installed.
  private static final String OF_DEVICE =
      ARTIFACTS
          + """
          where r.tenant_id = ? and r.module_number = ? and r.id in (
            select o.release_id from updates_operation o
            where o.tenant_id = ? and o.device_id = ? and o.completed_date_time is null
              and o.cancel_requested_date_time is null
            union all
            select o.release_id from devices_device d join updates_operation o
              on o.tenant_id = d.tenant_id and o.action_number = d.installed_action_id
                and o.device_id = d.id
            where d.tenant_id = ? and d.id = ?)
          order by a.file_name
          """;

  private ReleaseStore() {}

  static void insert(
      Tx tx,
      String tenantId,
      String id,
      NewRelease release,
      List<String> models,
      String state,
      @Nullable Instant published,
      ObjectNode by,
      Instant now) {
    one(
        tx.update(
            Sql.of(
                """
                insert into updates_release
                  (tenant_id, id, software_type, version, version_key, display_name, device_types,
                   models, state, published_date_time, created_by, created_date_time,
                   last_modified_by, last_modified_date_time)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                tenantId,
                id,
                release.softwareType().word(),
                release.version(),
                SoftwareVersion.of(release.version()).key(),
                release.displayName(),
                release.deviceTypes().stream().map(type -> type.word()).toList(),
                models,
                state,
                published,
                by,
                now,
                by,
                now)));
  }

  static Optional<ReleaseRow> lock(Tx tx, String tenantId, String id) {
    return tx.one(
        Sql.of(SELECT + " where r.tenant_id = ? and r.id = ? for update", tenantId, id),
        ReleaseStore::release);
  }

  static Optional<ReleaseRow> find(Tx tx, String tenantId, String id) {
    return tx.one(
        Sql.of(SELECT + " where r.tenant_id = ? and r.id = ?", tenantId, id),
        ReleaseStore::release);
  }

  /** A release that was published once, by the name and version under which agents know it. */
  static Optional<ReleaseRow> named(Tx tx, String tenantId, String name, String version) {
    return tx.one(
        Sql.of(
            SELECT
                + """
                 where r.tenant_id = ? and r.version = ? and r.state <> 'draft'
                  and coalesce(r.display_name, r.software_type) = ?
                order by r.id limit 1
                """,
            tenantId,
            version,
            name),
        ReleaseStore::release);
  }

  /** Locks every release of a version: two that are published at once meet here. */
  static List<ReleaseRow> lockVersion(Tx tx, String tenantId, String softwareType, String version) {
    return tx.list(
        Sql.of(
            SELECT
                + """
                 where r.tenant_id = ? and r.software_type = ? and r.version_key = ?
                order by r.id for update
                """,
            tenantId,
            softwareType,
            SoftwareVersion.of(version).key()),
        ReleaseStore::release);
  }

  static void save(Tx tx, String tenantId, ReleaseRow release, ObjectNode by, Instant now) {
    one(
        tx.update(
            Sql.of(
                """
                update updates_release
                set software_type = ?, version = ?, version_key = ?, display_name = ?,
                  device_types = ?, models = ?, last_modified_by = ?, last_modified_date_time = ?
                where tenant_id = ? and id = ? and state = 'draft'
                """,
                release.softwareType(),
                release.version(),
                SoftwareVersion.of(release.version()).key(),
                release.displayName(),
                release.audience().deviceTypes(),
                release.audience().models(),
                by,
                now,
                tenantId,
                release.id())));
  }

  static void saveState(
      Tx tx, String tenantId, String id, String state, ObjectNode by, Instant now) {
    one(
        tx.update(
            Sql.of(
                """
                update updates_release
                set state = ?, last_modified_by = ?, last_modified_date_time = ?,
                  published_date_time = case when ? = 'published' then ? else published_date_time
                    end,
                  withdrawn_date_time = case when ? = 'withdrawn' then ? else null end
                where tenant_id = ? and id = ?
                """,
                state,
                by,
                now,
                state,
                now,
                state,
                now,
                tenantId,
                id)));
  }

  static void delete(Tx tx, String tenantId, String id) {
    one(
        tx.update(
            Sql.of("delete from updates_release where tenant_id = ? and id = ?", tenantId, id)));
  }

  static int countOtherArtifacts(Tx tx, String tenantId, String releaseId, String fileName) {
    return tx.one(
            Sql.of(
                """
                select count(*)::integer others from updates_artifact
                where tenant_id = ? and release_id = ? and file_name <> ?
                """,
                tenantId,
                releaseId,
                fileName),
            row -> row.integer("others"))
        .orElse(0);
  }

  static void saveArtifact(
      Tx tx,
      String tenantId,
      String releaseId,
      String fileName,
      Content content,
      ObjectNode by,
      Instant now) {
    one(
        tx.update(
            Sql.of(
                """
                insert into updates_artifact
                  (tenant_id, release_id, file_name, size, sha1, md5, sha256, created_by,
                   created_date_time)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (tenant_id, release_id, file_name) do update
                set size = excluded.size, sha1 = excluded.sha1, md5 = excluded.md5,
                  sha256 = excluded.sha256, created_by = excluded.created_by,
                  created_date_time = excluded.created_date_time
                """,
                tenantId,
                releaseId,
                fileName,
                content.size(),
                content.sha1(),
                content.md5(),
                content.sha256(),
                by,
                now)));
  }

  static boolean deleteArtifact(Tx tx, String tenantId, String releaseId, String fileName) {
    return tx.update(
            Sql.of(
                """
                delete from updates_artifact
                where tenant_id = ? and release_id = ? and file_name = ?
                """,
                tenantId,
                releaseId,
                fileName))
        > 0;
  }

  /** The files of a release, by name. */
  static List<Artifact> artifacts(Tx tx, String tenantId, String releaseId) {
    return tx.list(
        Sql.of(
            ARTIFACTS + " where a.tenant_id = ? and a.release_id = ? order by a.file_name",
            tenantId,
            releaseId),
        ReleaseStore::artifact);
  }

  /** The files of a module, if the device has or may have them; else none. */
  static List<Artifact> artifacts(Tx tx, AuthenticatedDevice device, int moduleNumber) {
    return tx.list(
        Sql.of(
            OF_DEVICE,
            device.tenantId(),
            moduleNumber,
            device.tenantId(),
            device.deviceId(),
            device.tenantId(),
            device.deviceId()),
        ReleaseStore::artifact);
  }

  /** Whether a release or diagnostics refer to a content. */
  static boolean isInUse(Tx tx, String sha256) {
    return tx.one(
            Sql.of(
                """
                select exists (select 1 from updates_artifact where sha256 = ?)
                  or exists (select 1 from updates_diagnostics where sha256 = ?) in_use
                """,
                sha256,
                sha256),
            row -> row.flag("in_use"))
        .orElse(true);
  }

  private static ReleaseRow release(Row row) {
    return new ReleaseRow(
        row.text("id"),
        row.text("software_type"),
        row.text("version"),
        row.textOrNull("display_name"),
        new ReleaseRules.Audience(row.texts("device_types"), row.texts("models")),
        row.text("state"));
  }

  private static Artifact artifact(Row row) {
    return artifact(row, "created_date_time");
  }

  /**
   * The file of a row of another room's statement, with the columns that this store names them by.
   *
   * @param created the column of the file's time
   */
  static Artifact artifact(Row row, String created) {
    return new Artifact(
        row.text("release_id"),
        row.integer("module_number"),
        row.text("file_name"),
        new Content(row.text("sha256"), row.text("sha1"), row.text("md5"), row.bigint("size")),
        row.time(created));
  }

  private static void one(int touched) {
    if (touched != 1) {
      throw new IllegalStateException("expected to write one row, wrote " + touched);
    }
  }
}
