package dev.fettle.vpp;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.db.Tx;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.GraphVersion;
import dev.fettle.graph.Permissions;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.graph.schema.PreciseTime;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The operations of volume purchasing, in the shape of Intune's part of Graph. */
final class VppRoutes {

  private static final Permissions READ =
      Permissions.of(
          "DeviceManagementApps.Read.All",
          "DeviceManagementApps.ReadWrite.All",
          "DeviceManagementServiceConfig.Read.All",
          "DeviceManagementServiceConfig.ReadWrite.All");
  private static final Permissions WRITE =
      Permissions.of(
          "DeviceManagementApps.ReadWrite.All", "DeviceManagementServiceConfig.ReadWrite.All");
  private static final Permissions READ_APPS =
      Permissions.of("DeviceManagementApps.Read.All", "DeviceManagementApps.ReadWrite.All");
  private static final Permissions WRITE_APPS =
      Permissions.of("DeviceManagementApps.ReadWrite.All");
  private static final Permissions READ_EXPIRING =
      Permissions.of(
          "DeviceManagementServiceConfig.Read.All", "DeviceManagementServiceConfig.ReadWrite.All");
  private static final Permissions REVOKE_DEVICE =
      Permissions.of(
          "DeviceManagementManagedDevices.PrivilegedOperations.All",
          "DeviceManagementManagedDevices.PriviligedOperation.All");

  private static final Set<GraphVersion> BOTH = EnumSet.of(GraphVersion.V1, GraphVersion.BETA);
  private static final String TOKENS = "/deviceAppManagement/vppTokens";
  private static final String TOKEN = TOKENS + "/{vpp-token-id}";
  private static final String APPS = "/deviceAppManagement/mobileApps";
  private static final String APP = APPS + "/{mobile-app-id}";
  private static final String IOS = "ios";
  private static final String MAC = "macos";
  private static final Sql ALL = Sql.of("true");

  private final VppTokens tokens;
  private final VppApps apps;
  private final VppRevocations revocations;
  private final Reads reads;

  VppRoutes(VppTokens tokens, VppApps apps, VppRevocations revocations, Reads reads) {
    this.tokens = tokens;
    this.apps = apps;
    this.revocations = revocations;
    this.reads = reads;
  }

  List<Route> all() {
    List<Route> routes = new ArrayList<>();
    tokenRows(routes);
    appRows(routes);
    routes.forEach(route -> route.errors(Route.ErrorShape.INTUNE));
    return routes;
  }

  private void tokenRows(List<Route> routes) {
    routes.add(
        Route.get(BOTH, TOKENS)
            .permissions(READ)
            .handle(call -> reads.collection(call, tokens(call), ALL)));
    routes.add(
        Route.get(BOTH, TOKENS + "/$count")
            .permissions(READ)
            .handle(call -> reads.count(call, tokens(call), ALL)));
    routes.add(Route.get(BOTH, TOKEN).permissions(READ).handle(this::token));
    routes.add(
        Route.post(BOTH, TOKENS)
            .permissions(WRITE)
            .body("microsoft.graph.vppToken")
            .handle(this::create));
    routes.add(
        Route.patch(BOTH, TOKEN)
            .permissions(WRITE)
            .body("microsoft.graph.vppToken")
            .handle(this::update));
    routes.add(
        Route.delete(BOTH, TOKEN)
            .permissions(WRITE)
            .handle(
                call -> {
                  tokens.delete(call.caller(), call.key("vpp-token-id"));
                  return Answers.noContent();
                }));
    routes.add(
        Route.action(BOTH, TOKEN + "/syncLicenses")
            .permissions(WRITE)
            .handle(
                call -> {
                  tokens.syncLicenses(call.caller(), call.key("vpp-token-id"));
                  return answer(call, tokens(call));
                }));
    routes.add(
        Route.action(GraphVersion.BETA, TOKEN + "/revokeLicenses")
            .permissions(WRITE)
            .parameters("revokeLicenses")
            .handle(
                call -> {
                  revocations.ofToken(
                      call.caller(),
                      call.key("vpp-token-id"),
                      call.body().path("revokeUntrackedLicenses").asBoolean(false));
                  return Answers.noContent();
                }));
    routes.add(
        Route.action(GraphVersion.BETA, TOKENS + "/syncLicenseCounts")
            .permissions(WRITE)
            .handle(
                call -> {
                  tokens.syncLicenseCounts(call.caller());
                  return Answers.noContent();
                }));
    routes.add(
        Route.get(GraphVersion.BETA, TOKENS + "/getLicensesForApp(bundleId={bundle-id})")
            .permissions(READ)
            .handle(this::licences));
    routes.add(
        Route.get(
                GraphVersion.BETA,
                "/deviceManagement/depOnboardingSettings"
                    + "/getExpiringVppTokenCount(expiringBeforeDateTime={time})")
            .permissions(READ_EXPIRING)
            .handle(this::expiring));
    routes.add(
        Route.get(GraphVersion.FETTLE, "/vppTokens/attention")
            .permissions(READ)
            .handle(this::attention));
  }

  private void appRows(List<Route> routes) {
    routes.add(
        Route.get(BOTH, APPS)
            .permissions(READ_APPS)
            .handle(call -> reads.collection(call, apps(call), ALL)));
    routes.add(
        Route.get(BOTH, APPS + "/$count")
            .permissions(READ_APPS)
            .handle(call -> reads.count(call, apps(call), ALL)));
    routes.add(
        Route.get(BOTH, APP)
            .permissions(READ_APPS)
            .handle(call -> reads.entity(call, apps(call), app(call), missingApp(call))));
    cast(routes, BOTH, "iosVppApp", IOS, VppResources.IOS_APPS, VppResources.IOS_LICENCES);
    cast(
        routes,
        EnumSet.of(GraphVersion.BETA),
        "macOsVppApp",
        MAC,
        VppResources.MAC_APPS,
        VppResources.MAC_LICENCES);
    routes.add(
        Route.get(BOTH, APP + "/assignments")
            .permissions(READ_APPS)
            .handle(
                call ->
                    reads.collection(
                        call,
                        VppResources.ASSIGNMENTS,
                        Sql.of("t.app_id = ?", call.key("mobile-app-id")),
                        () -> requireApp(call))));
    routes.add(
        Route.action(BOTH, APP + "/assign")
            .permissions(WRITE_APPS)
            .parameters("assign", "microsoft.graph.mobileApp")
            .handle(this::assign));
    revokeRows(routes, APP, null);
    revokeRows(routes, APP + "/microsoft.graph.iosVppApp", IOS);
    revokeRows(routes, APP + "/microsoft.graph.macOsVppApp", MAC);
    routes.add(
        Route.action(
                GraphVersion.BETA,
                "/deviceManagement/managedDevices/{managed-device-id}/revokeAppleVppLicenses")
            .permissions(REVOKE_DEVICE)
            .notes("The managed device's id is its serial number.")
            .handle(
                call -> {
                  revocations.ofDevice(call.caller(), call.key("managed-device-id"));
                  return Answers.noContent();
                }));
    routes.add(Route.post(BOTH, APPS).permissions(WRITE_APPS).notBuilt());
    routes.add(Route.patch(BOTH, APP).permissions(WRITE_APPS).notBuilt());
    routes.add(Route.delete(BOTH, APP).permissions(WRITE_APPS).notBuilt());
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
        Route.get(versions, APPS + cast)
            .permissions(READ_APPS)
            .handle(call -> reads.collection(call, resource, ALL)));
    routes.add(
        Route.get(versions, APPS + cast + "/$count")
            .permissions(READ_APPS)
            .handle(call -> reads.count(call, resource, ALL)));
    routes.add(
        Route.get(versions, APP + cast)
            .permissions(READ_APPS)
            .handle(call -> reads.entity(call, resource, app(call), missingApp(call))));
    routes.add(
        Route.get(GraphVersion.BETA, APP + cast + "/assignedLicenses")
            .permissions(READ_APPS)
            .handle(call -> licences(call, platform, licences)));
  }

  private void revokeRows(List<Route> routes, String app, @Nullable String cast) {
    routes.add(
        Route.action(GraphVersion.BETA, app + "/revokeAllLicenses")
            .permissions(WRITE_APPS)
            .parameters("revokeAllLicenses")
            .handle(call -> revoke(call, cast, "revokeAllLicenses", VppRevocations.Whose.ALL)));
    routes.add(
        Route.action(GraphVersion.BETA, app + "/revokeUserLicense")
            .permissions(WRITE_APPS)
            .parameters("revokeUserLicense")
            .handle(
                call ->
                    revoke(
                        call,
                        cast,
                        "revokeUserLicense",
                        new VppRevocations.Whose("user", required(call, "userId")))));
    routes.add(
        Route.action(GraphVersion.BETA, app + "/revokeDeviceLicense")
            .permissions(WRITE_APPS)
            .parameters("revokeDeviceLicense")
            .handle(
                call ->
                    revoke(
                        call,
                        cast,
                        "revokeDeviceLicense",
                        new VppRevocations.Whose("device", required(call, "managedDeviceId")))));
  }

  private static Resource tokens(Call call) {
    return VppResources.tokens(call.version(), false);
  }

  /** A caller who names lastAppCount knows of it, and finds it in the answer. */
  private static boolean counted(Call call) {
    return call.body().has("lastAppCount");
  }

  private static Resource apps(Call call) {
    return call.version() == GraphVersion.V1 ? VppResources.APPS_V1 : VppResources.APPS_BETA;
  }

  private static Sql id(String id) {
    return Sql.of("t.id = ?", id);
  }

  private static Sql app(Call call) {
    return id(call.key("mobile-app-id"));
  }

  private static String missingApp(Call call) {
    return VppApps.missing(call.key("mobile-app-id")).message();
  }

  private Response token(Call call) {
    String id = call.key("vpp-token-id");
    return reads.entity(call, tokens(call), id(id), VppTokens.missing(id).message());
  }

  private Response answer(Call call, Resource resource) {
    String id = call.key("vpp-token-id");
    return reads.updated(call, resource, id(id), VppTokens.missing(id).message());
  }

  private Response create(Call call) {
    ObjectNode body = call.body();
    String id =
        tokens.create(
            call.caller(), known -> VppTokenJson.over(known, body), VppTokenJson.token(body));
    return reads.created(call, VppResources.tokens(call.version(), counted(call)), id(id), id);
  }

  private Response update(Call call) {
    ObjectNode body = call.body();
    String id = call.key("vpp-token-id");
    String missing = VppTokens.missing(id).message();
    boolean counted = counted(call);
    return tokens.update(
        call.caller(),
        id,
        known -> VppTokenJson.over(known, body),
        VppTokenJson.token(body),
        new VppTokens.Reading<>() {
          @Override
          public Optional<Response> changed(Tx tx, Sql change) {
            Resource resource = VppResources.changedTokens(call.version(), counted);
            return reads.changed(tx, call, resource, change, ALL);
          }

          @Override
          public Response unchanged(Tx tx) {
            Resource resource = VppResources.tokens(call.version(), counted);
            return reads.updated(tx, call, resource, id(id), missing);
          }
        });
  }

  private Response licences(Call call) {
    refuseOptions(call);
    ObjectNode body = Json.object();
    body.put(
        "@odata.context",
        call.root() + "/$metadata#Collection(microsoft.graph.vppTokenLicenseSummary)");
    ArrayNode list = body.putArray("value");
    for (LibraryStore.Summary one : tokens.licences(call.caller(), call.key("bundle-id"))) {
      list.addObject()
          .put("vppTokenId", one.tokenId())
          .put("appleId", one.appleId())
          .put("organizationName", one.organizationName())
          .put("availableLicenseCount", one.available())
          .put("usedLicenseCount", one.used());
    }
    return Answers.json(200, body);
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
    for (VppTokens.Needing one : tokens.attention(call.caller())) {
      TokenStore.Concern token = one.token();
      ObjectNode entry =
          list.addObject()
              .put("id", token.id())
              .put("displayName", token.displayName())
              .put("organizationName", token.organizationName())
              .put("appleId", token.appleId())
              .put("state", token.facts().state())
              .put("expirationDateTime", PreciseTime.printed(token.facts().expires()));
      ArrayNode reasons = entry.putArray("reasons");
      for (Attention reason : one.reasons()) {
        reasons
            .addObject()
            .put("reason", reason.reason())
            .put("message", reason.message())
            .put(
                "sinceDateTime",
                reason.since() == null ? null : PreciseTime.printed(reason.since()));
      }
    }
    return Answers.json(200, body);
  }

  private static void refuseOptions(Call call) {
    if (!call.request().rawQuery().isEmpty()) {
      throw new Refusal(
          Reason.invalid(null, "Query options are not supported here; the answer is complete."));
    }
  }

  private Response licences(Call call, String platform, Resource licences) {
    LibraryStore.App app =
        apps.find(call.caller(), call.key("mobile-app-id"))
            .filter(found -> found.is(platform))
            .orElseThrow(() -> new Refusal(VppApps.missing(call.key("mobile-app-id"))));
    return reads.collection(
        call,
        licences,
        Sql.of(
            "t.token_id = ? and t.adam_id = ? and t.pricing = ?",
            app.tokenId(),
            app.adamId(),
            app.pricing()));
  }

  private void requireApp(Call call) {
    if (apps.find(call.caller(), call.key("mobile-app-id")).isEmpty()) {
      throw new Refusal(VppApps.missing(call.key("mobile-app-id")));
    }
  }

  private Response assign(Call call) {
    JsonNode list = call.body().path("mobileAppAssignments");
    if (!list.isArray()) {
      // The list takes the place of the whole set: a slip must not take all assignments away.
      throw new Refusal(
          Reason.invalid(
              "mobileAppAssignments",
              "The parameter 'mobileAppAssignments' is required; an empty list removes all"
                  + " assignments."));
    }
    List<VppApps.Wanted> wanted = new ArrayList<>();
    for (JsonNode one : list) {
      wanted.add(wanted(one));
    }
    apps.assign(call.caller(), call.key("mobile-app-id"), wanted);
    return Answers.noContent();
  }

  private static VppApps.Wanted wanted(JsonNode one) {
    if (!(one.get("target") instanceof ObjectNode target)) {
      throw new Refusal(
          Reason.invalid("target", "Each of 'mobileAppAssignments' needs a 'target'."));
    }
    String type = target.path("@odata.type").asString("").toLowerCase(Locale.ROOT);
    if (type.isEmpty() || type.endsWith(".deviceandappmanagementassignmenttarget")) {
      throw new Refusal(
          Reason.invalid(
              "target/@odata.type",
              "Each 'target' needs an '@odata.type' that says whom it means, such as"
                  + " '#microsoft.graph.groupAssignmentTarget'."));
    }
    if (type.endsWith("groupassignmenttarget") && target.path("groupId").asString("").isBlank()) {
      throw new Refusal(
          Reason.invalid("target/groupId", "A 'target' that is a group needs its 'groupId'."));
    }
    String intent = one.path("intent").asString("available");
    boolean devices = type.endsWith(".alldevicesassignmenttarget");
    if (devices && intent.startsWith("available")) {
      throw new Refusal(
          Reason.invalid(
              "intent", "The intent '%s' is for users and not for all devices.".formatted(intent)));
    }
    return new VppApps.Wanted(intent, Json.text(target), settings(one.get("settings")));
  }

  private static @Nullable String settings(@Nullable JsonNode settings) {
    return settings instanceof ObjectNode object ? Json.text(object) : null;
  }

  private Response revoke(
      Call call, @Nullable String cast, String action, VppRevocations.Whose whose) {
    revocations.ofApp(call.caller(), call.key("mobile-app-id"), cast, action, whose);
    return Answers.noContent();
  }

  private static String required(Call call, String name) {
    JsonNode value = call.body().get(name);
    if (value == null || value.isNull() || value.asString().isBlank()) {
      throw new Refusal(Reason.invalid(name, "The parameter '%s' is required.".formatted(name)));
    }
    return value.asString();
  }
}
