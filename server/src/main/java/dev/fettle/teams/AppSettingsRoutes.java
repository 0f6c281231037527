package dev.fettle.teams;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.FETTLE;
import static dev.fettle.graph.schema.GraphVersion.V1;

import dev.fettle.db.Sql;
import dev.fettle.graph.Call;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.http.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tenant's switches for apps. Public documents: "Get teamsAppSettings", "Update
 * teamsAppSettings".
 */
final class AppSettingsRoutes {

  private static final String FROM =
      """
      (select i.tenant_id, coalesce(s.allow_user_requests, false) as allow_user_requests,
        coalesce(s.user_consent_enabled, true) as user_consent_enabled,
        coalesce(s.chat_consent_enabled, true) as chat_consent_enabled,
        coalesce(s.automatic_upgrades, false) as automatic_upgrades
      from identity_tenant i left join teams_settings s on s.tenant_id = i.tenant_id) t
      """;

  private static final Resource SETTINGS =
      Resource.of("microsoft.graph.teamsAppSettings")
          .from(FROM)
          .key("id", "tenant_id")
          .flag("allowUserRequestsForAppAccess", "allow_user_requests")
          .flag("isUserPersonalScopeResourceSpecificConsentEnabled", "user_consent_enabled")
          .flag("isChatResourceSpecificConsentEnabled", "chat_consent_enabled")
          .build();

  private static final Resource UPGRADES =
      Resource.of("fettle.upgradeSettings")
          .from(FROM)
          .key("id", "tenant_id")
          .flag("automaticUpgrades", "automatic_upgrades")
          .build();

  // Our own switch is for scripts too, so apps by themselves may turn it.
  private static final Sql ALL = Sql.of("true");
  private static final String MISSING = "The tenant is not known.";

  private final AppSettings settings;
  private final Reads reads;

  AppSettingsRoutes(AppSettings settings, Reads reads) {
    this.settings = settings;
    this.reads = reads;
  }

  List<Route> routes() {
    return List.of(
        Route.get(Route.in(V1, BETA), "/teamwork/teamsAppSettings")
            .handle(call -> reads.entity(call, SETTINGS, ALL, MISSING)),
        Route.patch(Route.in(V1, BETA), "/teamwork/teamsAppSettings")
            .body("microsoft.graph.teamsAppSettings")
            .handle(call -> change(call, SETTINGS)),
        Route.get(FETTLE, "/upgradeSettings")
            .handle(call -> reads.entity(call, UPGRADES, ALL, MISSING)),
        Route.patch(FETTLE, "/upgradeSettings")
            .body("fettle.upgradeSettings")
            .handle(call -> change(call, UPGRADES)));
  }

  /** Changes the switches that the body names; those of the other resource are not in it. */
  private Response change(Call call, Resource resource) {
    ObjectNode body = call.body();
    settings.change(
        call.caller(),
        new AppSettings.Change(
            flag(body, "allowUserRequestsForAppAccess"),
            flag(body, "isUserPersonalScopeResourceSpecificConsentEnabled"),
            flag(body, "isChatResourceSpecificConsentEnabled"),
            flag(body, "automaticUpgrades")),
        body);
    return reads.updated(call, resource, ALL, MISSING);
  }

  private static @Nullable Boolean flag(ObjectNode body, String name) {
    JsonNode value = body.get(name);
    return (value == null || value.isNull()) ? null : Boolean.valueOf(value.booleanValue());
  }
}
