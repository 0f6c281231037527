package dev.fettle.teams;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.V1;

import dev.fettle.graph.Route;
import java.util.List;

/** Operations around apps that Graph has and Fettle has not: they answer 501 and are listed. */
final class NotBuilt {

  private NotBuilt() {}

  static List<Route> routes() {
    String enabled = "/teams/{team-id}/channels/{channel-id}/enabledApps";
    return List.of(
        Route.post(Route.in(V1, BETA), "/teamwork/sendActivityNotificationToRecipients").notBuilt(),
        Route.get(Route.in(V1, BETA), enabled).notBuilt(),
        Route.post(Route.in(V1, BETA), enabled + "/$ref").notBuilt(),
        Route.delete(Route.in(V1, BETA), enabled + "/{app-id}/$ref").notBuilt(),
        Route.get(
                BETA,
                "/appCatalogs/teamsApps/{app-id}/appDefinitions/{definition-id}/dashboardCards")
            .notBuilt());
  }
}
