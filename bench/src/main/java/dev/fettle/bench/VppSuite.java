package dev.fettle.bench;

import dev.fettle.base.Ids;
import dev.fettle.db.Db;
import dev.fettle.db.Sql;
import dev.fettle.http.Handler;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Content tokens: the documented update, one vppToken, a page of the list; and the sync of a large
 * library, held against the bare download of the same pages.
 */
final class VppSuite implements Suite {

  private static final int TOKENS = 3_000;
  private static final int TOKEN_BYTES = 640;
  private static final String PATH = "/v1.0/deviceAppManagement/vppTokens/";
  private static final String BARE_SELECT = "bare select";
  private static final String BARE_UPDATE = "bare update";

  private static final String MAKE_TOKENS =
      """
      insert into vpp_token
        (tenant_id, id, display_name, organization_name, account_type, apple_id,
         expiration_date_time, last_sync_date_time, last_modified_date_time, state,
         last_sync_status, automatically_update_apps, country_or_region, location_name,
         data_sharing_consent_granted, claim_from_external_mdm, role_scope_tag_ids,
         token_action_results, delivery_protocol, content_known, observed, library_id)
      select ?, '9ceb2f92-2f92-9ceb-922f-' || lpad(n::text, 12, '0'), 'Location ' || n,
        'Fettle Example Ltd', 'business', 'vpp' || n || '@example.org',
        '2030-01-01T00:00:00.0000000Z', '2026-01-01T00:00:00.0000000Z',
        '2026-01-01T00:00:00.0000000Z', 'valid', 'completed', true, 'gb', 'Location ' || n,
        true, false, '{0}', '[]', 'default', false, false, n::text
      from generate_series(0, ?) n
      """;

  @Override
  public String title() {
    return "Content tokens of Apple volume purchasing";
  }

  @Override
  public String conditions() {
    return "%,d vppTokens".formatted(TOKENS);
  }

  @Override
  public Set<String> permissions() {
    return Set.of("DeviceManagementApps.ReadWrite.All");
  }

  @Override
  public void fill(Rig.Installation installation) {
    installation
        .db()
        .statement(tx -> tx.update(Sql.assembled(MAKE_TOKENS, Arrays.asList(TENANT, TOKENS - 1))));
  }

  @Override
  public Map<String, Handler> bare(Db db, Ids ids) {
    Handler update = Bare.update(db, TOKEN_BYTES);
    db.statement(
        tx ->
            tx.update(Sql.of("insert into bench_kept select tenant_id, id, '{}' from vpp_token")));
    return Map.of(
        "/bare/select/",
        Bare.select(
            db,
            id ->
                Sql.assembled(
                    "select id from vpp_token where tenant_id = ? and id = ?",
                    Arrays.asList(TENANT, id)),
            TOKEN_BYTES),
        "/bare/update/",
        update);
  }

  @Override
  public List<Target> targets() {
    return List.of(
        Target.bare(
            BARE_SELECT, 200, n -> Target.get("/bare/select/" + id(n), "Authorization: Bearer x")),
        Target.bare(
            BARE_UPDATE,
            200,
            n ->
                Target.bytes("PATCH", "/bare/update/" + id(n), body(n), "Authorization: Bearer x")),
        Target.real(
            "get vppToken",
            200,
            n -> Target.get(PATH + id(n), "Authorization: Bearer x"),
            BARE_SELECT,
            1.6),
        Target.real(
            "patch vppToken",
            200,
            n -> Target.bytes("PATCH", PATH + id(n), body(n), "Authorization: Bearer x"),
            BARE_UPDATE,
            2.0),
        new Target(
            "list of 100 vppTokens of 3,000",
            200,
            n ->
                Target.get(
                    "/v1.0/deviceAppManagement/vppTokens?$top=100", "Authorization: Bearer x"),
            new Target.Aim.Millis(2.0),
            20));
  }

  @Override
  public String more(Rig rig) throws IOException, InterruptedException {
    return new LibrarySync(rig).measure();
  }

  private static String id(int number) {
    return "9ceb2f92-2f92-9ceb-922f-%012d".formatted(number % TOKENS);
  }

  /** The documented update, with an Apple Account that is another each time. */
  private static String body(int number) {
    return """
    {"@odata.type":"#microsoft.graph.vppToken","organizationName":"Organization Name value",\
    "vppTokenAccountType":"education","appleId":"Apple Id value %d",\
    "expirationDateTime":"2016-12-31T23:57:57.2481234-08:00",\
    "lastSyncDateTime":"2017-01-01T00:02:49.3205976-08:00","token":"Token value","state":"valid",\
    "lastSyncStatus":"inProgress","automaticallyUpdateApps":true,\
    "countryOrRegion":"Country Or Region value"}\
    """
        .formatted(number);
  }
}
