package dev.fettle.bench;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Handler;
import dev.fettle.http.Response;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import dev.fettle.teams.packages.PackageWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Teams apps: an upgrade with consent, the same in batches of twenty, a list of a hundred
 * installations with what they are of, and the publishing of a package of one megabyte.
 */
final class TeamsSuite implements Suite {

  private static final int CHATS = 10_000;
  private static final int INSTALLED = 100;
  private static final int IN_A_BATCH = 20;
  private static final int PACKAGE_BYTES = 1_000_000;

  /** Each waits for the disk, so measurements on one thread send fewer than of reads. */
  private static final int DURABLE = 6;

  private static final String APP = "a0000000-0000-4000-8000-000000000000";
  private static final String APPLICATION = "Authorization: Bearer app";
  private static final String ADMINISTRATOR = "Authorization: Bearer user";
  private static final String BARE_UPGRADE = "bare upgrade";
  private static final String UPGRADE = "upgrade with consent";
  private static final String BATCH = "batch of 20 upgrades";
  private static final String PUBLISH = "publish 1 MB";

  private static final String OLD =
      """
      [{"permissionValue":"ChatSettings.Read.Chat","permissionType":"application"}]\
      """;
  private static final String NEW =
      """
      [{"permissionValue":"ChatMember.Read.Chat","permissionType":"application"},\
      {"permissionValue":"ChatMessage.Read.Chat","permissionType":"application"},\
      {"permissionValue":"OnlineMeeting.ReadBasic.Chat","permissionType":"delegated"}]\
      """;
  private static final String CONSENT =
      "{\"consentedPermissionSet\":{\"resourceSpecificPermissions\":" + NEW + "}}";

  private static final String MAKE_APPS =
      """
      insert into teams_app
        (tenant_id, app_id, external_id, display_name, distribution_method, created_date_time)
      select ?, id, id, 'App ' || n, 'organization', now()
      from (select n, 'a0000000-0000-4000-8000-' || lpad(n::text, 12, '0') id
        from generate_series(0, ?) n) app
      """;

  private static final String MAKE_DEFINITIONS =
      """
      insert into teams_definition
        (tenant_id, app_id, version_key, version, definition_id, publishing_state, display_name,
         short_description, description, client_app_id, required, scopes, etag)
      select ?, a.app_id, ?, ?, encode(convert_to(a.app_id || '##' || ? || '##Published', 'UTF8'),
          'base64'),
        'published', a.display_name, 'Short.', 'What the app does, in a sentence or two.',
        'c0000000-0000-4000-8000-000000000000', ?::jsonb, array['groupChat'], md5(a.app_id)
      from teams_app a where a.app_id = any(?) or ?
      """;

  private static final String MAKE_CHATS =
      """
      insert into directory_chat
        (tenant_id, chat_id, chat_type, topic, created_date_time, last_updated_date_time)
      select ?, '19:' || lpad(to_hex(n), 32, '0') || '@thread.v2', 'group', 'Chat ' || n, now(),
        now()
      from generate_series(0, ?) n
      """;

  private static final String INSTALL =
      """
      insert into teams_installation
        (tenant_id, owner_kind, owner_id, installation_id, app_id, version_key, consented,
         created_date_time)
      select c.tenant_id, 'chat', c.chat_id,
        replace(encode(convert_to(c.chat_id || '##' || a.app_id, 'UTF8'), 'base64'), E'\\n', ''),
        a.app_id, '0011.', ?::jsonb, now()
      from directory_chat c
      join teams_app a on a.tenant_id = c.tenant_id and %s
      """;

  private static final String RESTORE_GRANTS =
      """
      insert into teams_grant
        (tenant_id, owner_kind, owner_id, app_id, permission, grant_id, client_app_id, client_id)
      select tenant_id, owner_kind, owner_id, app_id, 'ChatSettings.Read.Chat', md5(owner_id),
        'c0000000-0000-4000-8000-000000000000', md5(tenant_id)
      from teams_installation where app_id = ?
      on conflict do nothing
      """;

  @Override
  public String title() {
    return "Hot requests of Teams apps";
  }

  @Override
  public String conditions() {
    return ("one app in %,d chats with a newer version that takes a consent to three permissions,"
            + " a chat with %d apps. A batch is %d upgrades, so %,d chats are %d batches")
        .formatted(CHATS, INSTALLED, IN_A_BATCH, CHATS, CHATS / IN_A_BATCH);
  }

  @Override
  public Set<String> permissions() {
    return Set.of("TeamsAppInstallation.ReadWriteAndConsentForChat.All");
  }

  /** Apps by themselves cannot publish. */
  @Override
  public Caller caller(@Nullable String authorization) {
    return "Bearer user".equals(authorization)
        ? new Caller(
            TENANT,
            Caller.Kind.DELEGATED,
            "bench",
            "Bench",
            "u0000000",
            "Bench",
            Set.of("AppCatalog.ReadWrite.All"))
        : Suite.super.caller(authorization);
  }

  @Override
  public void fill(Rig.Installation installation) {
    Db db = installation.db();
    List<String> first = List.of(APP);
    int _ =
        db.statement(
            tx ->
                tx.update(Sql.assembled(MAKE_APPS, Arrays.asList(TENANT, INSTALLED - 1)))
                    + tx.update(
                        Sql.assembled(
                            MAKE_DEFINITIONS,
                            Arrays.asList(TENANT, "0011.", "1.0.0", "1.0.0", OLD, first, true)))
                    + tx.update(
                        Sql.assembled(
                            MAKE_DEFINITIONS,
                            Arrays.asList(TENANT, "0012.", "2.0.0", "2.0.0", NEW, first, false)))
                    + tx.update(Sql.assembled(MAKE_CHATS, Arrays.asList(TENANT, CHATS)))
                    + tx.update(
                        Sql.assembled(INSTALL.formatted("a.app_id = ?"), Arrays.asList(OLD, APP)))
                    + tx.update(
                        Sql.assembled(
                            INSTALL.formatted("c.chat_id = ? and a.app_id <> ?"),
                            Arrays.asList(OLD, chat(CHATS), APP)))
                    + tx.update(Sql.assembled(RESTORE_GRANTS, Arrays.asList(APP))));
  }

  /** As many statements as an upgrade: a select, an update and an insert in one transaction. */
  @Override
  public Map<String, Handler> bare(Db db, Ids ids) {
    int _ =
        db.statement(
            tx ->
                tx.update(
                        Sql.of(
                            """
                            create table bench_place
                              (tenant_id text, id text, version int, primary key (tenant_id, id))
                            """))
                    + tx.update(
                        Sql.of(
                            """
                            create table bench_item
                              (tenant_id text, id text, payload jsonb, primary key (tenant_id, id))
                            """))
                    + tx.update(
                        Sql.assembled(
                            "insert into bench_place select ?, n::text, 0 from generate_series(0,"
                                + " ?) n",
                            Arrays.asList(TENANT, CHATS))));
    return Map.of(
        "/bare/upgrade/",
        request -> {
          JsonNode payload = Json.read(request.body(10_000));
          String path = request.rawPath();
          String id = path.substring(path.lastIndexOf('/') + 1);
          boolean done =
              db.tx(
                  tx -> {
                    int version =
                        tx.one(
                                Sql.assembled(
                                    "select version from bench_place where tenant_id = ? and id ="
                                        + " ?",
                                    Arrays.asList(TENANT, id)),
                                row -> row.integer("version"))
                            .orElseThrow();
                    return tx.update(
                                Sql.assembled(
                                    "update bench_place set version = ? where tenant_id = ? and id"
                                        + " = ?",
                                    Arrays.asList(version + 1, TENANT, id)))
                            + tx.update(
                                Sql.assembled(
                                    "insert into bench_item (tenant_id, id, payload) values (?, ?,"
                                        + " ?)",
                                    Arrays.asList(TENANT, ids.guid(), payload)))
                        == 2;
                  });
          return Response.empty(done ? 204 : 500);
        });
  }

  @Override
  public List<Target> targets() {
    return List.of(
        new Target(
            BARE_UPGRADE,
            204,
            n -> Target.bytes("POST", "/bare/upgrade/" + n % CHATS, CONSENT, APPLICATION),
            new Target.Aim.None(),
            DURABLE),
        new Target(
            UPGRADE,
            204,
            n -> Target.bytes("POST", "/v1.0" + upgrade(n), CONSENT, APPLICATION),
            new Target.Aim.Ratio(BARE_UPGRADE, 2.0),
            DURABLE),
        new Target(
            BATCH,
            200,
            n -> Target.bytes("POST", "/v1.0/$batch", batch(n), APPLICATION),
            new Target.Aim.None(),
            DURABLE * IN_A_BATCH),
        new Target(
            "list of 100 installations",
            200,
            n ->
                Target.get(
                    "/v1.0/chats/"
                        + chat(CHATS)
                        + "/installedApps?$expand=teamsApp,teamsAppDefinition",
                    APPLICATION),
            new Target.Aim.None(),
            20),
        new Target(
            PUBLISH,
            201,
            n ->
                Target.bytes(
                    "POST",
                    "/v1.0/appCatalogs/teamsApps",
                    "application/zip",
                    archive(n),
                    ADMINISTRATOR),
            new Target.Aim.Millis(50),
            200));
  }

  @Override
  public String more(Rig rig) throws InterruptedException {
    return new TenantUpgrade(
            rig,
            () -> restore(rig.db()),
            n -> Target.bytes("POST", "/v1.0/$batch", batch(n), APPLICATION),
            CHATS / IN_A_BATCH,
            CHATS)
        .measure();
  }

  @Override
  public boolean restored(Db db, Target target) {
    switch (target.name()) {
      case UPGRADE, BATCH, BARE_UPGRADE -> restore(db);
      case PUBLISH -> {
        int _ =
            db.statement(
                tx -> tx.update(Sql.of("delete from teams_app where display_name = 'Published'")));
      }
      default -> {
        // Reads leave nothing behind.
      }
    }
    return true;
  }

  private static void restore(Db db) {
    int _ =
        db.statement(
            tx ->
                tx.update(Sql.of("truncate audit_entry, bench_item"))
                    + tx.update(
                        Sql.of(
                            "delete from teams_grant where permission <> 'ChatSettings.Read.Chat'"))
                    + tx.update(Sql.assembled(RESTORE_GRANTS, Arrays.asList(APP)))
                    + tx.update(
                        Sql.assembled(
                            "update teams_installation set version_key = '0011.', consented ="
                                + " ?::jsonb where app_id = ? and version_key <> '0011.'",
                            Arrays.asList(OLD, APP))));
  }

  private static String batch(int number) {
    return IntStream.range(0, IN_A_BATCH)
        .mapToObj(
            i ->
                "{\"id\":\"%d\",\"method\":\"POST\",\"url\":\"%s\",\"headers\":{\"Content-Type\":\"application/json\"},\"body\":%s}"
                    .formatted(i, upgrade(number * IN_A_BATCH + i), CONSENT))
        .collect(Collectors.joining(",", "{\"requests\":[", "]}"));
  }

  private static String upgrade(int number) {
    String chat = chat(number % CHATS);
    String id =
        Base64.getEncoder().encodeToString((chat + "##" + APP).getBytes(StandardCharsets.US_ASCII));
    return "/chats/" + chat + "/installedApps/" + id + "/upgrade";
  }

  private static String chat(int number) {
    return "19:%032x@thread.v2".formatted(number);
  }

  /** A package whose bulk does not pack, as pictures do not. */
  private static byte[] archive(int number) {
    ObjectNode manifest = Json.object();
    manifest
        .put("manifestVersion", "1.16")
        .put("version", "1.0.0")
        .put("id", "b0000000-0000-4000-8000-%012d".formatted(number))
        .put("accentColor", "#4F6BED");
    manifest
        .putObject("developer")
        .put("name", "Contoso")
        .put("websiteUrl", "https://contoso.example")
        .put("privacyUrl", "https://contoso.example/privacy")
        .put("termsOfUseUrl", "https://contoso.example/terms");
    manifest.putObject("name").put("short", "Published").put("full", "Published by a benchmark");
    manifest.putObject("description").put("short", "Short.").put("full", "Full.");
    manifest.putObject("icons").put("color", "color.png").put("outline", "outline.png");
    byte[] bulk = new byte[PACKAGE_BYTES];
    new Random(number).nextBytes(bulk);
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    files.put("manifest.json", Json.bytes(manifest));
    files.put("color.png", PackageWriter.png(192, 0xff4f6bed));
    files.put("outline.png", PackageWriter.png(32, 0xffffffff));
    files.put("pictures/bulk.bin", bulk);
    return PackageWriter.zip(files);
  }
}
