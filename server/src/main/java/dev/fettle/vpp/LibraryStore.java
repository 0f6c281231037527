package dev.fettle.vpp;

import dev.fettle.base.Ids;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.json.Json;
import dev.fettle.vpp.apple.Asset;
import dev.fettle.vpp.apple.Assignment;
import dev.fettle.vpp.apple.LibraryUser;
import dev.fettle.vpp.apple.Metadata;
import dev.fettle.vpp.apple.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The statements of what a library holds: apps, licences, users. A page is one statement. Keeps
 * nothing; safe to share.
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

  private static final String STILL_RUNNING =
      "select 1 as one from vpp_token where tenant_id = ? and id = ? and sync_run = ?";

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

  private static final String COUNT_TOTAL =
      """
      update vpp_app set total_licences = total_licences + ?, last_modified_date_time = ?
      where tenant_id = ? and token_id = ? and adam_id = ? and pricing = ?
        and total_licences < 2147483647
      """;

  private static final String COUNT_USED =
      """
      update vpp_app set used_licences = used_licences + ?, last_modified_date_time = ?
      where tenant_id = ? and token_id = ? and adam_id = ? and pricing = ?
      """;

  private static final String SET_COUNTS =
      """
      update vpp_app set total_licences = ?, used_licences = ?, last_modified_date_time = ?
      where tenant_id = ? and token_id = ? and adam_id = ? and pricing = ?
        and (total_licences <> ? or used_licences <> ?)
      """;

  private static final String ADD_LICENCE =
      """
      insert into vpp_licence (tenant_id, token_id, adam_id, pricing, holder_kind, holder, seen_run)
      values (?, ?, ?, ?, ?, ?, '') on conflict do nothing
      """;

  private static final String DROP_LICENCE =
      """
      delete from vpp_licence where tenant_id = ? and token_id = ? and adam_id = ?
        and pricing = ? and holder_kind = ? and holder = ?
      """;

  private static final String APP =
      """
      select id, token_id, adam_id, pricing, platform, revoke_results from vpp_app
      where tenant_id = ? and id = ? and platform <> 'none'
      """;

  private static final String SUMMARIES =
      """
      select t.id, t.apple_id, t.organization_name, sum(a.total)::bigint as total,
        sum(a.used)::bigint as used
      from (select distinct on (token_id, adam_id, pricing) token_id, adam_id, pricing,
          least(greatest(total_licences, 0), 2147483647) as total,
          greatest(least(used_licences, total_licences), 0) as used
        from vpp_app where tenant_id = ? and bundle_id = ? and platform <> 'none'
        order by token_id, adam_id, pricing) a
      join vpp_token t on t.tenant_id = ? and t.id = a.token_id
      group by t.id, t.apple_id, t.organization_name order by t.id
      """;

  private static final String DELETE_ASSIGNMENTS =
      "delete from vpp_app_assignment where tenant_id = ? and app_id = ?";

  private static final String ADD_ASSIGNMENT =
      """
      insert into vpp_app_assignment (tenant_id, app_id, id, intent, target, settings)
      values (?, ?, ?, ?, ?, ?)
      """;

  /** An app as actions need it. */
  record App(
      String id,
      String tokenId,
      String adamId,
      String pricing,
      String platform,
      String revokeResults) {
    /** Whether it is of the type of a cast; any app is of none. */
    boolean is(@Nullable String cast) {
      return cast == null || cast.equals(platform);
    }
  }

  /** How many licences of an app one vppToken has. */
  record Summary(
      String tokenId,
      @Nullable String appleId,
      @Nullable String organizationName,
      int available,
      int used) {}

  /** Which sync of which vppToken writes. */
  record Run(String tenantId, String tokenId, String run) {}

  /** Whether the sync still may write. */
  boolean runs(Tx tx, Run run) {
    return tx.one(
            Sql.of(STILL_RUNNING, run.tenantId(), run.tokenId(), run.run()),
            row -> row.integer("one"))
        .isPresent();
  }

  /** Writes a page of assets; an asset for two platforms is two apps, and a book is none. */
  int putAssets(Tx tx, Run run, List<Asset> assets, Ids ids, Instant now) {
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
                TokenRules.NEVER,
                now,
                now,
                run.run(),
                rows,
                run.tenantId(),
                run.tokenId(),
                run.run()));
  }

  int putAssignments(Tx tx, Run run, List<Assignment> assignments) {
    ArrayNode rows = Json.object().putArray("rows");
    for (Assignment assignment : assignments) {
      rows.addObject()
          .put("adam", assignment.adamId())
          .put("pricing", assignment.pricing())
          .put("kind", kind(assignment.target()))
          .put("holder", assignment.target().id());
    }
    return rows.isEmpty() ? 0 : tx.update(put(PUT_LICENCES, run, rows));
  }

  int putUsers(Tx tx, Run run, List<LibraryUser> users) {
    ArrayNode rows = Json.object().putArray("rows");
    for (LibraryUser user : users) {
      rows.addObject()
          .put("id", user.clientUserId())
          .put("email", user.email())
          .put("apple", user.managedAppleId());
    }
    return rows.isEmpty() ? 0 : tx.update(put(PUT_USERS, run, rows));
  }

  private static Sql put(String statement, Run run, ArrayNode rows) {
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
  List<String> unnamed(Tx tx, Run run, String store, int limit) {
    return tx.list(
        Sql.of(UNNAMED, run.tenantId(), run.tokenId(), store, limit), row -> row.text("adam_id"));
  }

  /** Writes what a store says; an app that it does not know keeps what it has. */
  int name(Tx tx, Run run, String store, List<String> asked, List<Metadata> found) {
    ArrayNode rows = Json.object().putArray("rows");
    List<String> missing = new ArrayList<>(asked);
    for (Metadata app : found) {
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
  int deleteUnseen(Tx tx, Run run) {
    return tx.update(Sql.of(DELETE_USERS_UNSEEN, run.tenantId(), run.tokenId(), run.run()))
        + tx.update(Sql.of(DELETE_LICENCES_UNSEEN, run.tenantId(), run.tokenId(), run.run()))
        + tx.update(Sql.of(DELETE_APPS_UNSEEN, run.tenantId(), run.tokenId(), run.run()));
  }

  /** Adds to the total of an asset; what is unlimited stays so. */
  int addTotal(Tx tx, Run token, String adamId, String pricing, long delta, Instant now) {
    return tx.update(
        Sql.of(COUNT_TOTAL, delta, now, token.tenantId(), token.tokenId(), adamId, pricing));
  }

  /** Sets the counts of an asset to what Apple says. */
  int setCounts(Tx tx, Run token, Asset asset, Instant now) {
    return tx.update(
        Sql.of(
            SET_COUNTS,
            asset.total(),
            asset.assigned(),
            now,
            token.tenantId(),
            token.tokenId(),
            asset.adamId(),
            asset.pricing(),
            asset.total(),
            asset.assigned()));
  }

  /** Notes a licence in somebody's hands and counts it, once. */
  boolean give(Tx tx, Run token, Assignment licence, Instant now) {
    return counted(tx, token, licence, ADD_LICENCE, 1, now);
  }

  /** Forgets a licence in somebody's hands and counts it, once. */
  boolean take(Tx tx, Run token, Assignment licence, Instant now) {
    return counted(tx, token, licence, DROP_LICENCE, -1, now);
  }

  private static boolean counted(
      Tx tx, Run token, Assignment licence, String statement, long delta, Instant now) {
    int changed =
        tx.update(
            Sql.of(
                statement,
                token.tenantId(),
                token.tokenId(),
                licence.adamId(),
                licence.pricing(),
                kind(licence.target()),
                licence.target().id()));
    return changed == 1
        && tx.update(
                Sql.of(
                    COUNT_USED,
                    delta,
                    now,
                    token.tenantId(),
                    token.tokenId(),
                    licence.adamId(),
                    licence.pricing()))
            > 0;
  }

  Optional<App> app(Tx tx, String tenantId, String id) {
    return tx.one(
        Sql.of(APP, tenantId, id),
        row ->
            new App(
                row.text("id"),
                row.text("token_id"),
                row.text("adam_id"),
                row.text("pricing"),
                row.text("platform"),
                Json.text(row.json("revoke_results"))));
  }

  int saveResults(Tx tx, String tenantId, String appId, String results) {
    return tx.update(
        Sql.of(
            "update vpp_app set revoke_results = ? where tenant_id = ? and id = ?",
            Json.readTrusted(results),
            tenantId,
            appId));
  }

  List<Summary> summaries(Tx tx, String tenantId, String bundleId) {
    return tx.list(
        Sql.of(SUMMARIES, tenantId, bundleId, tenantId),
        row -> {
          long total = row.bigint("total");
          long used = row.bigint("used");
          return new Summary(
              row.text("id"),
              row.textOrNull("apple_id"),
              row.textOrNull("organization_name"),
              TokenRules.total(TokenRules.total(total) - (long) TokenRules.used(used, total)),
              TokenRules.used(used, total));
        });
  }

  /** One entry of an app's set of assignments; target and settings are JSON text. */
  record AppAssignment(
      String id, String intent, @Nullable String target, @Nullable String settings) {}

  /** Puts a set of assignments in the place of the one that the app has. */
  int replaceAssignments(Tx tx, String tenantId, String appId, List<AppAssignment> assignments) {
    int changed = tx.update(Sql.of(DELETE_ASSIGNMENTS, tenantId, appId));
    for (AppAssignment one : assignments) {
      changed +=
          tx.update(
              Sql.of(
                  ADD_ASSIGNMENT,
                  tenantId,
                  appId,
                  one.id(),
                  one.intent(),
                  one.target() == null ? null : Json.readTrusted(one.target()),
                  one.settings() == null ? null : Json.readTrusted(one.settings())));
    }
    return changed;
  }

  static String kind(Target target) {
    return switch (target) {
      case Target.User ignored -> "user";
      case Target.Device ignored -> "device";
    };
  }

  static Target target(String kind, String id) {
    return kind.equals("user") ? new Target.User(id) : new Target.Device(id);
  }

  private static @Nullable String released(@Nullable String date) {
    if (date == null) {
      return null;
    }
    String full = date.length() == 10 ? date.toUpperCase(Locale.ROOT) + "T00:00:00Z" : date;
    return dev.fettle.graph.schema.PreciseTime.parse(full);
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
