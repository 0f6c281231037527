package dev.fettle.vpp;

import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The operations of apps and their licences, in the shape of Intune's part of Graph. */
final class VppAppRoutes {

  private static final Set<GraphVersion> BOTH = EnumSet.of(GraphVersion.V1, GraphVersion.BETA);
  private static final String APPS = "/deviceAppManagement/mobileApps";
  private static final String APP = APPS + "/{mobile-app-id}";
  private static final String IOS = "ios";
  private static final String MAC = "macos";
  private static final Sql ALL = Sql.of("true");
  private static final Sql BY_ID = Sql.of("t.id = :id");
  private static final Sql OF_APP = Sql.of("t.app_id = :id");
  private static final Sql OF_ASSET =
      Sql.of("t.token_id = :tokenId and t.adam_id = :adamId and t.pricing = :pricing");

  private final VppApps apps;
  private final Reads reads;

  VppAppRoutes(VppApps apps, Reads reads) {
    this.apps = apps;
    this.reads = reads;
  }

  /** The rows. */
  List<Route> all() {
    List<Route> routes =
        new ArrayList<>(
            List.of(
                Route.get(BOTH, APPS).handle(call -> reads.collection(call, apps(call), ALL)),
                Route.get(BOTH, APPS + "/$count")
                    .handle(call -> reads.count(call, apps(call), ALL)),
                Route.get(BOTH, APP)
                    .handle(call -> reads.entity(call, apps(call), app(call), missingApp(call))),
                Route.get(BOTH, APP + "/assignments")
                    .handle(
                        call ->
                            reads.collection(
                                call,
                                VppAppResources.ASSIGNMENTS,
                                OF_APP.with("id", call.id("mobile-app-id")),
                                () -> app(call, null))),
                Route.action(BOTH, APP + "/assign")
                    .parameters("assign", "microsoft.graph.mobileApp")
                    .handle(this::assign),
                Route.post(BOTH, APPS).notBuilt(),
                Route.patch(BOTH, APP).notBuilt(),
                Route.delete(BOTH, APP).notBuilt(),
                Route.get(
                        GraphVersion.BETA,
                        "/deviceAppManagement/vppTokens/getLicensesForApp(bundleId={bundle-id})")
                    .handle(this::summaries)));
    cast(routes, BOTH, "iosVppApp", IOS, VppAppResources.IOS_APPS, VppAppResources.IOS_LICENCES);
    cast(
        routes,
        EnumSet.of(GraphVersion.BETA),
        "macOsVppApp",
        MAC,
        VppAppResources.MAC_APPS,
        VppAppResources.MAC_LICENCES);
    return routes;
  }

  private void cast(
      List<Route> routes,
      Set<GraphVersion> versions,
      String type,
      String platform,
      Resource resource,
      Resource licences) {
    String cast = "/microsoft.graph." + type;
    routes.add(
        Route.get(versions, APPS + cast).handle(call -> reads.collection(call, resource, ALL)));
    routes.add(
        Route.get(versions, APPS + cast + "/$count")
            .handle(call -> reads.count(call, resource, ALL)));
    routes.add(
        Route.get(versions, APP + cast)
            .handle(call -> reads.entity(call, resource, app(call), missingApp(call))));
    routes.add(
        Route.get(GraphVersion.BETA, APP + cast + "/assignedLicenses")
            .handle(call -> licences(call, platform, licences)));
  }

  private static Resource apps(Call call) {
    return call.version() == GraphVersion.V1 ? VppAppResources.APPS_V1 : VppAppResources.APPS_BETA;
  }

  private static Sql app(Call call) {
    return BY_ID.with("id", call.id("mobile-app-id"));
  }

  private static String missingApp(Call call) {
    return VppApps.missing(call.id("mobile-app-id")).message();
  }

  private Response summaries(Call call) {
    VppTokenRoutes.refuseOptions(call);
    ObjectNode body = Json.object();
    body.put(
        "@odata.context",
        call.root() + "/$metadata#Collection(microsoft.graph.vppTokenLicenseSummary)");
    ArrayNode list = body.putArray("value");
    for (LicenceSummary one : apps.summaries(call.caller(), call.key("bundle-id"))) {
      list.addObject()
          .put("vppTokenId", one.tokenId())
          .put("appleId", one.appleId())
          .put("organizationName", one.organizationName())
          .put("availableLicenseCount", one.available())
          .put("usedLicenseCount", one.inUse());
    }
    return Answers.json(200, body);
  }

  private Response licences(Call call, String platform, Resource licences) {
    return reads.collection(call, licences, OF_ASSET.with(app(call, platform)));
  }

  private VppApp app(Call call, @Nullable String cast) {
    return apps.find(call.caller(), call.id("mobile-app-id"))
        .filter(found -> found.is(cast))
        .orElseThrow(() -> new Refusal(VppApps.missing(call.id("mobile-app-id"))));
  }

  private Response assign(Call call) {
    JsonNode list = call.body().path("mobileAppAssignments");
    if (!list.isArray()) {
      // The list takes the place of the whole set: a slip must not take all assignments away.
      throw Refusal.invalid(
          "mobileAppAssignments",
          "The parameter 'mobileAppAssignments' is required; an empty list removes all"
              + " assignments.");
    }
    List<VppAppStore.Assignment> wanted = new ArrayList<>();
    for (JsonNode one : list) {
      wanted.add(wanted(one));
    }
    apps.assign(call.caller(), call.id("mobile-app-id"), wanted);
    return Answers.noContent();
  }

  private static VppAppStore.Assignment wanted(JsonNode one) {
    if (!(one.get("target") instanceof ObjectNode target)) {
      throw Refusal.invalid("target", "Each of 'mobileAppAssignments' needs a 'target'.");
    }
    String type = target.path("@odata.type").asString("").toLowerCase(Locale.ROOT);
    if (type.isEmpty() || type.endsWith(".deviceandappmanagementassignmenttarget")) {
      throw Refusal.invalid(
          "target/@odata.type",
          "Each 'target' needs an '@odata.type' that says whom it means, such as"
              + " '#microsoft.graph.groupAssignmentTarget'.");
    }
    if (type.endsWith("groupassignmenttarget") && target.path("groupId").asString("").isBlank()) {
      throw Refusal.invalid("target/groupId", "A 'target' that is a group needs its 'groupId'.");
    }
    String intent = one.path("intent").asString("available");
    boolean devices = type.endsWith(".alldevicesassignmenttarget");
    if (devices && intent.startsWith("available")) {
      throw Refusal.invalid(
          "intent", "The intent '%s' is for users and not for all devices.".formatted(intent));
    }
    return new VppAppStore.Assignment(
        intent, target, one.get("settings") instanceof ObjectNode settings ? settings : null);
  }
}
