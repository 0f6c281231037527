package dev.fettle.vpp;

import dev.fettle.base.Ids;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.AppMetadata;
import dev.fettle.vpp.apple.Asset;
import dev.fettle.vpp.apple.Assignment;
import dev.fettle.vpp.apple.LibraryUser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The statements with which a run writes what it reads of a library: apps, licences, users. A page
 * is one statement. Keeps nothing; safe to share.
 */
final class LibraryStore {

  /** What a page of a sync is written with: it holds only while the run is the token's. */
  private static final String WHILE_RUNNING =
      """
      where exists (select 1 from vpp_token k
        where k.tenant_id = ? and k.id = ? and k.sync_run = ?)
      """;

  private static final String PUT_APPS =
      """
      insert into vpp_app (tenant_id, id, token_id, adam_id, pricing, platform, type_name,
        display_name, app_store_url, release_date_time, ipad, iphone, device_licensing,
        total_licences, used_licences, created_date_time, last_modified_date_time, seen_run)
      select ?, r.id, ?, r.adam, r.pricing, r.platform, r.type, r.adam, null, ?, r.ios, r.ios,
        r.device, r.total, r.used, ?, ?, ?
      from jsonb_to_recordset(?) as r(id text, adam text, pricing text, platform text, type text,
        ios boolean, device boolean, total bigint, used bigint)
      """
          + WHILE_RUNNING
          + """
          order by r.adam, r.pricing, r.platform
          on conflict (tenant_id, token_id, adam_id, pricing, platform) do update set
            device_licensing = excluded.device_licensing,
            total_licences = excluded.total_licences, used_licences = excluded.used_licences,
            seen_run = excluded.seen_run,
            last_modified_date_time = case
              when vpp_app.total_licences <> excluded.total_licences
                or vpp_app.used_licences <> excluded.used_licences
              then excluded.last_modified_date_time else vpp_app.last_modified_date_time end
          """;

  private static final String PUT_LICENCES =
      """
      insert into vpp_licence (tenant_id, token_id, adam_id, pricing, holder_kind, holder, seen_run)
      select distinct ?, ?, r.adam, r.pricing, r.kind, r.holder, ?
      from jsonb_to_recordset(?) as r(adam text, pricing text, kind text, holder text)
      """
          + WHILE_RUNNING
          + """
          order by 3, 4, 5, 6
          on conflict (tenant_id, token_id, adam_id, pricing, holder_kind, holder)
          do update set seen_run = excluded.seen_run
          """;

  private static final String PUT_USERS =
      """
      insert into vpp_user (tenant_id, token_id, client_user_id, email, managed_apple_id, seen_run)
      select distinct on (r.id) ?, ?, r.id, r.email, r.apple, ?
      from jsonb_to_recordset(?) as r(id text, email text, apple text)
      """
          + WHILE_RUNNING
          + """
          order by r.id
          on conflict (tenant_id, token_id, client_user_id) do update set
            email = excluded.email, managed_apple_id = excluded.managed_apple_id,
            seen_run = excluded.seen_run
          """;

  private static final String UNNAMED =
      """
      select distinct adam_id from vpp_app
      where tenant_id = ? and token_id = ? and platform <> 'none'
        and named_for is distinct from ? order by adam_id limit ?
      """;

  private static final String NAME =
      """
      update vpp_app a set display_name = coalesce(r.name, a.display_name),
        bundle_id = coalesce(r.bundle, a.bundle_id), publisher = coalesce(r.publisher, a.publisher),
        app_store_url = coalesce(r.url, a.app_store_url),
        release_date_time = coalesce(r.released, a.release_date_time),
        ipad = coalesce(r.ipad, a.ipad), iphone = coalesce(r.iphone, a.iphone), named_for = ?
      from jsonb_to_recordset(?) as r(adam text, name text, bundle text, publisher text, url text,
        released text, ipad boolean, iphone boolean)
      where a.tenant_id = ? and a.token_id = ? and a.adam_id = r.adam
      """;

  private static final String DELETE_USERS_UNSEEN =
      "delete from vpp_user where tenant_id = ? and token_id = ? and seen_run <> ?";

  private static final String DELETE_LICENCES_UNSEEN =
      "delete from vpp_licence where tenant_id = ? and token_id = ? and seen_run <> ?";

  private static final String DELETE_APPS_UNSEEN =
      "delete from vpp_app where tenant_id = ? and token_id = ? and seen_run <> ?";

  /** Writes a page of assets; an asset for two platforms is two apps, and a book is none. */
  int putAssets(Tx tx, SyncRun run, List<Asset> assets, Ids ids, Instant now) {
    ArrayNode rows = Json.object().putArray("rows");
    for (Asset asset : assets) {
      for (Platform platform : Platform.of(asset)) {
        rows.addObject()
            .put("id", ids.guid())
            .put("adam", asset.adamId())
            .put("pricing", asset.pricing())
            .put("platform", platform.column())
            .put("type", platform.type())
            .put("ios", platform == Platform.IOS)
            .put("device", asset.deviceAssignable())
            .put("total", asset.total())
            .put("used", asset.assigned());
      }
    }
    return rows.isEmpty()
        ? 0
        : tx.update(
            Sql.of(
                PUT_APPS,
                run.tenantId(),
                run.tokenId(),
                VppTokenRules.NEVER,
                now,
                now,
                run.run(),
                rows,
                run.tenantId(),
                run.tokenId(),
                run.run()));
  }

  int putAssignments(Tx tx, SyncRun run, List<Assignment> assignments) {
    ArrayNode rows = Json.object().putArray("rows");
    for (Assignment assignment : assignments) {
      rows.addObject()
          .put("adam", assignment.adamId())
          .put("pricing", assignment.pricing())
          .put("kind", assignment.holder().kind())
          .put("holder", assignment.holder().id());
    }
    return rows.isEmpty() ? 0 : tx.update(put(PUT_LICENCES, run, rows));
  }

  int putUsers(Tx tx, SyncRun run, List<LibraryUser> users) {
    ArrayNode rows = Json.object().putArray("rows");
    for (LibraryUser user : users) {
      rows.addObject()
          .put("id", user.clientUserId())
          .put("email", user.email())
          .put("apple", user.managedAppleId());
    }
    return rows.isEmpty() ? 0 : tx.update(put(PUT_USERS, run, rows));
  }

  private static Sql put(String statement, SyncRun run, ArrayNode rows) {
    return Sql.of(
        statement,
        run.tenantId(),
        run.tokenId(),
        run.run(),
        rows,
        run.tenantId(),
        run.tokenId(),
        run.run());
  }

  /** Adam ids whose names were not looked up in that store yet. */
  List<String> unnamed(Tx tx, SyncRun run, String store, int limit) {
    return tx.list(
        Sql.of(UNNAMED, run.tenantId(), run.tokenId(), store, limit), row -> row.text("adam_id"));
  }

  /** Writes what a store says; an app that it does not know keeps what it has. */
  int name(Tx tx, SyncRun run, String store, List<String> asked, List<AppMetadata> found) {
    ArrayNode rows = Json.object().putArray("rows");
    List<String> missing = new ArrayList<>(asked);
    for (AppMetadata app : found) {
      missing.remove(app.adamId());
      ObjectNode row =
          rows.addObject()
              .put("adam", app.adamId())
              .put("name", app.name())
              .put("bundle", app.bundleId())
              .put("publisher", app.publisher())
              .put("url", app.url())
              .put("released", released(app.releaseDate()));
      if (!app.deviceFamilies().isEmpty()) {
        row.put("ipad", app.deviceFamilies().contains("ipad"));
        row.put(
            "iphone",
            app.deviceFamilies().contains("iphone") || app.deviceFamilies().contains("ipod"));
      }
    }
    for (String adamId : missing) {
      rows.addObject().put("adam", adamId);
    }
    return tx.update(Sql.of(NAME, store, rows, run.tenantId(), run.tokenId()));
  }

  /** Removes what the sync did not see. */
  int deleteUnseen(Tx tx, SyncRun run) {
    return tx.update(Sql.of(DELETE_USERS_UNSEEN, run.tenantId(), run.tokenId(), run.run()))
        + tx.update(Sql.of(DELETE_LICENCES_UNSEEN, run.tenantId(), run.tokenId(), run.run()))
        + tx.update(Sql.of(DELETE_APPS_UNSEEN, run.tenantId(), run.tokenId(), run.run()));
  }

  private static @Nullable String released(@Nullable String date) {
    if (date == null) {
      return null;
    }
    String full = date.length() == 10 ? date.toUpperCase(Locale.ROOT) + "T00:00:00Z" : date;
    return PreciseTime.parse(full);
  }

  /** What kind of app an asset makes. */
  private enum Platform {
    IOS("microsoft.graph.iosVppApp"),
    MACOS("microsoft.graph.macOsVppApp"),
    /** Books, and apps of platforms that Graph has no type for: counted, and not shown. */
    NONE("microsoft.graph.mobileApp");

    private final String type;

    Platform(String type) {
      this.type = type;
    }

    String type() {
      return type;
    }

    String column() {
      return name().toLowerCase(Locale.ROOT);
    }

    static List<Platform> of(Asset asset) {
      List<Platform> all = new ArrayList<>();
      if (asset.productType().equals("App")) {
        if (asset.platforms().contains("iOS")) {
          all.add(IOS);
        }
        if (asset.platforms().contains("macOS")) {
          all.add(MACOS);
        }
      }
      return all.isEmpty() ? List.of(NONE) : all;
    }
  }
}
