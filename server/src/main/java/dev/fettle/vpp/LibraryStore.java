package dev.fettle.vpp;

import dev.fettle.base.EnumNames;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The statements with which a run writes what it reads of a library: apps, licences, users. A page
 * is one statement.
 */
final class LibraryStore {

  /** Holds while the run is the token's. */
  private static final String WHILE_RUNNING =
      """
      where exists (select 1 from vpp_token k
        where k.tenant_id = :tenantId and k.id = :tokenId and k.sync_run = :runId)
      """;

  private static final Sql PUT_APPS =
      Sql.of(
          """
          insert into vpp_app (tenant_id, id, token_id, adam_id, pricing, platform, type_name,
            display_name, app_store_url, release_date_time, ipad, iphone, device_licensing,
            total_licences, used_licences, created_date_time, last_modified_date_time, seen_run)
          select :tenantId, r.id, :tokenId, r.adam, r.pricing, r.platform, r.type, r.adam, null,
            :never, r.ios, r.ios, r.device, r.total, r.used, :now, :now, :runId
          from jsonb_to_recordset(:rows) as r(id text, adam text, pricing text, platform text,
            type text, ios boolean, device boolean, total bigint, used bigint)
          %s
          order by r.adam, r.pricing, r.platform
          on conflict (tenant_id, token_id, adam_id, pricing, platform) do update set
            device_licensing = excluded.device_licensing,
            total_licences = excluded.total_licences, used_licences = excluded.used_licences,
            seen_run = excluded.seen_run,
            last_modified_date_time = case
              when vpp_app.total_licences <> excluded.total_licences
                or vpp_app.used_licences <> excluded.used_licences
              then excluded.last_modified_date_time else vpp_app.last_modified_date_time end
          """
              .formatted(WHILE_RUNNING));

  private static final Sql PUT_LICENCES =
      Sql.of(
          """
          insert into vpp_licence
            (tenant_id, token_id, adam_id, pricing, holder_kind, holder, seen_run)
          select distinct :tenantId, :tokenId, r.adam, r.pricing, r.kind, r.holder, :runId
          from jsonb_to_recordset(:rows) as r(adam text, pricing text, kind text, holder text)
          %s
          order by 3, 4, 5, 6
          on conflict (tenant_id, token_id, adam_id, pricing, holder_kind, holder)
          do update set seen_run = excluded.seen_run
          """
              .formatted(WHILE_RUNNING));

  private static final Sql PUT_USERS =
      Sql.of(
          """
          insert into vpp_user
            (tenant_id, token_id, client_user_id, email, managed_apple_id, seen_run)
          select distinct on (r.id) :tenantId, :tokenId, r.id, r.email, r.apple, :runId
          from jsonb_to_recordset(:rows) as r(id text, email text, apple text)
          %s
          order by r.id
          on conflict (tenant_id, token_id, client_user_id) do update set
            email = excluded.email, managed_apple_id = excluded.managed_apple_id,
            seen_run = excluded.seen_run
          """
              .formatted(WHILE_RUNNING));

  private static final Sql UNNAMED =
      Sql.of(
          """
          select distinct adam_id from vpp_app
          where tenant_id = :tenantId and token_id = :tokenId and platform <> 'none'
            and named_for is distinct from :store order by adam_id limit :most
          """);

  private static final Sql NAME =
      Sql.of(
          """
          update vpp_app a set display_name = coalesce(r.name, a.display_name),
            bundle_id = coalesce(r.bundle, a.bundle_id),
            publisher = coalesce(r.publisher, a.publisher),
            app_store_url = coalesce(r.url, a.app_store_url),
            release_date_time = coalesce(r.released, a.release_date_time),
            ipad = coalesce(r.ipad, a.ipad), iphone = coalesce(r.iphone, a.iphone),
            named_for = :store
          from jsonb_to_recordset(:rows) as r(adam text, name text, bundle text, publisher text,
            url text, released text, ipad boolean, iphone boolean)
          where a.tenant_id = :tenantId and a.token_id = :tokenId and a.adam_id = r.adam
          """);

  private static final String UNSEEN =
      "delete from %s where tenant_id = :tenantId and token_id = :tokenId and seen_run <> :runId";

  private static final List<Sql> DELETE_UNSEEN =
      Stream.of("vpp_user", "vpp_licence", "vpp_app").map(UNSEEN::formatted).map(Sql::of).toList();

  private LibraryStore() {}

  /** Writes a page of assets; an asset for two platforms is two apps, and a book is none. */
  static int putAssets(Tx tx, SyncRun run, List<Asset> assets, Ids ids, Instant now) {
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
    Sql put = PUT_APPS.with("never", VppTokenRules.NEVER).with("now", now);
    return put(tx, put, run, rows);
  }

  static int putAssignments(Tx tx, SyncRun run, List<Assignment> assignments) {
    ArrayNode rows = Json.object().putArray("rows");
    for (Assignment assignment : assignments) {
      rows.addObject()
          .put("adam", assignment.adamId())
          .put("pricing", assignment.pricing())
          .put("kind", EnumNames.of(assignment.holder().kind()))
          .put("holder", assignment.holder().id());
    }
    return put(tx, PUT_LICENCES, run, rows);
  }

  static int putUsers(Tx tx, SyncRun run, List<LibraryUser> users) {
    ArrayNode rows = Json.object().putArray("rows");
    for (LibraryUser user : users) {
      rows.addObject()
          .put("id", user.clientUserId())
          .put("email", user.email())
          .put("apple", user.managedAppleId());
    }
    return put(tx, PUT_USERS, run, rows);
  }

  private static int put(Tx tx, Sql statement, SyncRun run, ArrayNode rows) {
    return rows.isEmpty() ? 0 : tx.update(statement.with(run).with("rows", rows));
  }

  /** Adam ids whose names were not looked up in that store yet. */
  static List<String> unnamed(Tx tx, SyncRun run, String store, int most) {
    return tx.list(UNNAMED.with(run).with("store", store).with("most", most), String.class);
  }

  /** Writes the store's names; an app that it does not know keeps what it has. */
  static int name(Tx tx, SyncRun run, String store, List<String> asked, List<AppMetadata> found) {
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
    return tx.update(NAME.with(run).with("store", store).with("rows", rows));
  }

  /** Removes what the sync did not see. */
  static int deleteUnseen(Tx tx, SyncRun run) {
    return DELETE_UNSEEN.stream().mapToInt(delete -> tx.update(delete.with(run))).sum();
  }

  private static @Nullable String released(@Nullable String date) {
    if (date == null) {
      return null;
    }
    String full = date.length() == 10 ? date.toUpperCase(Locale.ROOT) + "T00:00:00Z" : date;
    return PreciseTime.parse(full);
  }

  /** Kinds of app that an asset makes. */
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
