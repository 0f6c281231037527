package dev.fettle.vpp;

import dev.fettle.base.Refusal;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Route;
import dev.fettle.graph.schema.GraphVersion;
import dev.fettle.vpp.apple.LicenceHolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The actions that take licences back, in the shape of Intune's part of Graph. */
final class RevocationRoutes {

  private static final String TOKEN = "/deviceAppManagement/vppTokens/{vpp-token-id}";
  private static final String APP = "/deviceAppManagement/mobileApps/{mobile-app-id}";

  private final Revocations revocations;

  RevocationRoutes(Revocations revocations) {
    this.revocations = revocations;
  }

  /** The rows. */
  List<Route> all() {
    List<Route> routes = new ArrayList<>();
    routes.add(
        Route.action(GraphVersion.BETA, TOKEN + "/revokeLicenses")
            .parameters("revokeLicenses")
            .handle(
                call -> {
                  revocations.ofToken(
                      call.caller(),
                      call.id("vpp-token-id"),
                      call.body().path("revokeUntrackedLicenses").asBoolean(false));
                  return Answers.noContent();
                }));
    ofApp(routes, APP, null);
    ofApp(routes, APP + "/microsoft.graph.iosVppApp", "ios");
    ofApp(routes, APP + "/microsoft.graph.macOsVppApp", "macos");
    routes.add(
        Route.action(
                GraphVersion.BETA,
                "/deviceManagement/managedDevices/{managed-device-id}/revokeAppleVppLicenses")
            .notes("The managed device's id is its serial number.")
            .handle(
                call -> {
                  revocations.ofDevice(call.caller(), call.key("managed-device-id"));
                  return Answers.noContent();
                }));
    return routes;
  }

  private void ofApp(List<Route> routes, String app, @Nullable String cast) {
    routes.add(ofApp(app, cast, "revokeAllLicenses", call -> Optional.empty()));
    routes.add(
        ofApp(
            app,
            cast,
            "revokeUserLicense",
            call -> Optional.of(LicenceHolder.user(required(call, "userId")))));
    routes.add(
        ofApp(
            app,
            cast,
            "revokeDeviceLicense",
            call -> Optional.of(LicenceHolder.device(required(call, "managedDeviceId")))));
  }

  private Route ofApp(
      String app,
      @Nullable String cast,
      String action,
      Function<Call, Optional<LicenceHolder>> holder) {
    return Route.action(GraphVersion.BETA, app + "/" + action)
        .parameters(action)
        .handle(
            call -> {
              revocations.ofApp(
                  call.caller(),
                  call.id("mobile-app-id"),
                  cast,
                  action,
                  holder.apply(call).orElse(null));
              return Answers.noContent();
            });
  }

  private static String required(Call call, String name) {
    JsonNode value = call.body().get(name);
    if (value == null || value.isNull() || value.asString().isBlank()) {
      throw Refusal.invalid(name, "The parameter '%s' is required.".formatted(name));
    }
    return value.asString();
  }
}
