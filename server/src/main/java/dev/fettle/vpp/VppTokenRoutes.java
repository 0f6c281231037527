package dev.fettle.vpp;

import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The operations of vppTokens, in the shape of Intune's part of Graph. */
final class VppTokenRoutes {

  private static final Set<GraphVersion> BOTH = EnumSet.of(GraphVersion.V1, GraphVersion.BETA);
  private static final String TOKENS = "/deviceAppManagement/vppTokens";
  private static final String TOKEN = TOKENS + "/{vpp-token-id}";
  private static final Sql ALL = Sql.of("true");
  private static final Sql BY_ID = Sql.of("t.id = :id");

  private final VppTokens tokens;
  private final Reads reads;

  VppTokenRoutes(VppTokens tokens, Reads reads) {
    this.tokens = tokens;
    this.reads = reads;
  }

  /** The rows. */
  List<Route> all() {
    return List.of(
        Route.get(BOTH, TOKENS).handle(call -> reads.collection(call, tokens(call), ALL)),
        Route.get(BOTH, TOKENS + "/$count").handle(call -> reads.count(call, tokens(call), ALL)),
        Route.get(BOTH, TOKEN).handle(this::token),
        Route.post(BOTH, TOKENS).body("microsoft.graph.vppToken").handle(this::create),
        Route.patch(BOTH, TOKEN).body("microsoft.graph.vppToken").handle(this::update),
        Route.delete(BOTH, TOKEN)
            .handle(
                call -> {
                  tokens.delete(call.caller(), call.id("vpp-token-id"));
                  return Answers.noContent();
                }),
        Route.action(BOTH, TOKEN + "/syncLicenses")
            .handle(
                call -> {
                  String id = call.id("vpp-token-id");
                  tokens.syncLicenses(call.caller(), id);
                  return reads.updated(call, tokens(call), id(id), VppTokens.missing(id).message());
                }),
        Route.action(GraphVersion.BETA, TOKENS + "/syncLicenseCounts")
            .handle(
                call -> {
                  tokens.syncLicenseCounts(call.caller());
                  return Answers.noContent();
                }),
        Route.get(
                GraphVersion.BETA,
                "/deviceManagement/depOnboardingSettings"
                    + "/getExpiringVppTokenCount(expiringBeforeDateTime={time})")
            .handle(this::expiring),
        Route.get(GraphVersion.FETTLE, "/vppTokens/attention").handle(this::attention));
  }

  private static Resource tokens(Call call) {
    return VppTokenResources.tokens(call.version(), false);
  }

  /** A caller who names lastAppCount knows of it, and finds it in the answer. */
  private static boolean counted(Call call) {
    return call.body().has("lastAppCount");
  }

  private static Sql id(String id) {
    return BY_ID.with("id", id);
  }

  private Response token(Call call) {
    String id = call.id("vpp-token-id");
    return reads.entity(call, tokens(call), id(id), VppTokens.missing(id).message());
  }

  private Response create(Call call) {
    ObjectNode body = call.body();
    String id =
        tokens.create(
            call.caller(), known -> VppTokenJson.over(known, body), VppTokenJson.token(body));
    return reads.created(call, VppTokenResources.tokens(call.version(), counted(call)), id(id), id);
  }

  private Response update(Call call) {
    ObjectNode body = call.body();
    String id = call.id("vpp-token-id");
    boolean counted = counted(call);
    return tokens.update(
        call.caller(),
        id,
        known -> VppTokenJson.over(known, body),
        VppTokenJson.token(body),
        (tx, change) ->
            change.isPresent()
                ? reads.changed(
                    tx,
                    call,
                    VppTokenResources.changedTokens(call.version(), counted),
                    change.get(),
                    ALL)
                : Optional.of(
                    reads.updated(
                        tx,
                        call,
                        VppTokenResources.tokens(call.version(), counted),
                        id(id),
                        VppTokens.missing(id).message())));
  }

  private Response expiring(Call call) {
    refuseOptions(call);
    ObjectNode body = Json.object();
    body.put("@odata.context", call.root() + "/$metadata#Edm.Int32");
    body.put("value", (int) tokens.expiringBefore(call.caller(), call.key("time")));
    return Answers.json(200, body);
  }

  private Response attention(Call call) {
    refuseOptions(call);
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("value");
    tokens
        .attention(call.caller())
        .forEach(
            (token, reasons) -> {
              ObjectNode entry =
                  list.addObject()
                      .put("id", token.id())
                      .put("displayName", token.displayName())
                      .put("organizationName", token.organizationName())
                      .put("appleId", token.appleId())
                      .put("state", token.state())
                      .put("expirationDateTime", PreciseTime.printed(token.expirationDateTime()));
              ArrayNode said = entry.putArray("reasons");
              for (TokenAttention.Reason reason : reasons) {
                Instant since = reason.since();
                said.addObject()
                    .put("reason", reason.reason())
                    .put("message", reason.message())
                    .put("sinceDateTime", since == null ? null : PreciseTime.printed(since));
              }
            });
    return Answers.json(200, body);
  }

  /** Refuses the options of a query whose answer is always complete. */
  static void refuseOptions(Call call) {
    if (!call.request().rawQuery().isEmpty()) {
      throw Refusal.invalid(null, "Query options are not supported here; the answer is complete.");
    }
  }
}
