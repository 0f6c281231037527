package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.microsoft.graph.models.VppToken;
import com.microsoft.graph.models.VppTokenAccountType;
import com.microsoft.graph.models.VppTokenState;
import com.microsoft.graph.models.VppTokenSyncStatus;
import com.microsoft.graph.models.odataerrors.ODataError;
import com.microsoft.graph.serviceclient.GraphServiceClient;
import dev.fettle.simulator.apple.AppleStandIn;
import dev.fettle.simulator.apple.AppleStandInSettings;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The official Java SDKs keep vppTokens, v1.0 and beta, against a server that talks to the stand-in
 * for Apple.
 *
 * <p>The content tokens come from a second stand-in: their secrets are derived from the libraries,
 * so the server's own stand-in knows them too.
 */
@NullUnmarked // the SDK calls every answer nullable; a null here fails the test, as it should
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class VppTokensJavaSdkIT {
  private static final String DOCUMENTED = "9ceb2f92-2f92-9ceb-922f-eb9c922feb9c";

  private final PackagedServer server = PackagedServer.start("vpp-tokens-java", "--apple-stand-in");
  private final GraphClients clients = new GraphClients(server);
  private final GraphServiceClient client = clients.v1();

  @AfterAll
  void stop() {
    server.close();
  }

  /** The code that the public reference prints for the update, 2021 and 2026 alike. */
  @Test
  void the_printed_patch_answers_the_printed_object() {
    VppToken vppToken = new VppToken();
    vppToken.setOdataType("#microsoft.graph.vppToken");
    vppToken.setOrganizationName("Organization Name value");
    vppToken.setVppTokenAccountType(VppTokenAccountType.Education);
    vppToken.setAppleId("Apple Id value");
    OffsetDateTime expirationDateTime = OffsetDateTime.parse("2016-12-31T23:57:57.2481234-08:00");
    vppToken.setExpirationDateTime(expirationDateTime);
    OffsetDateTime lastSyncDateTime = OffsetDateTime.parse("2017-01-01T00:02:49.3205976-08:00");
    vppToken.setLastSyncDateTime(lastSyncDateTime);
    vppToken.setToken("Token value");
    vppToken.setState(VppTokenState.Valid);
    vppToken.setLastSyncStatus(VppTokenSyncStatus.InProgress);
    vppToken.setAutomaticallyUpdateApps(true);
    vppToken.setCountryOrRegion("Country Or Region value");
    VppToken result =
        client.deviceAppManagement().vppTokens().byVppTokenId(DOCUMENTED).patch(vppToken);

    assertThat(result.getId()).isEqualTo(DOCUMENTED);
    assertThat(result.getOrganizationName()).isEqualTo("Organization Name value");
    assertThat(result.getVppTokenAccountType()).isEqualTo(VppTokenAccountType.Education);
    assertThat(result.getAppleId()).isEqualTo("Apple Id value");
    assertThat(result.getExpirationDateTime().toInstant())
        .isEqualTo(expirationDateTime.toInstant());
    assertThat(result.getLastSyncDateTime().toInstant()).isEqualTo(lastSyncDateTime.toInstant());
    assertThat(result.getState()).isEqualTo(VppTokenState.Valid);
    assertThat(result.getLastSyncStatus()).isEqualTo(VppTokenSyncStatus.InProgress);
    assertThat(result.getAutomaticallyUpdateApps()).isTrue();
    assertThat(result.getCountryOrRegion()).isEqualTo("Country Or Region value");
    assertThat(result.getLastModifiedDateTime()).isNotNull();
    assertThat(result.getToken()).isNull();
  }

  @Test
  void a_token_is_uploaded_checked_synced_and_deleted() {
    AppleStandIn.SeededLibrary library = seeded(0);
    VppToken upload = new VppToken();
    upload.setVppTokenAccountType(VppTokenAccountType.Business);
    upload.setAppleId("vpp.admin@example.org");
    upload.setCountryOrRegion("us");
    upload.setAutomaticallyUpdateApps(false);
    upload.setToken(library.contentToken());
    VppToken created = client.deviceAppManagement().vppTokens().post(upload);
    assertThat(created.getToken()).isNull();
    assertThat(created.getOrganizationName()).isEqualTo(library.organisation());
    assertThat(created.getExpirationDateTime()).isAfter(OffsetDateTime.now(ZoneOffset.UTC));

    String id = created.getId();
    awaitState(id, VppTokenState.Valid);
    client.deviceAppManagement().vppTokens().byVppTokenId(id).syncLicenses().post();
    VppToken synced =
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(250))
            .until(
                () -> client.deviceAppManagement().vppTokens().byVppTokenId(id).get(),
                token -> token.getLastSyncStatus() == VppTokenSyncStatus.Completed);
    assertThat(synced.getState()).isEqualTo(VppTokenState.Valid);
    assertThat(client.deviceAppManagement().vppTokens().get().getValue())
        .extracting(VppToken::getId)
        .contains(id, DOCUMENTED);

    var apps = clients.beta().deviceAppManagement().mobileApps().graphIosVppApp().get().getValue();
    assertThat(apps)
        .anySatisfy(
            app -> {
              assertThat(app.getBundleId()).isEqualTo("com.example.fieldnotes");
              assertThat(app.getTotalLicenseCount()).isEqualTo(15_000);
              assertThat(app.getUsedLicenseCount()).isZero();
              assertThat(app.getVppTokenId()).isEqualTo(id);
            });

    client.deviceAppManagement().vppTokens().byVppTokenId(id).delete();
    ODataError gone =
        catchThrowableOfType(
            ODataError.class,
            () -> client.deviceAppManagement().vppTokens().byVppTokenId(id).get());
    assertThat(gone.getResponseStatusCode()).isEqualTo(404);
  }

  @Test
  void a_renewal_for_another_library_is_refused_with_intunes_message() {
    VppToken upload = new VppToken();
    upload.setVppTokenAccountType(VppTokenAccountType.Education);
    upload.setToken(seeded(1).contentToken());
    String id = client.deviceAppManagement().vppTokens().post(upload).getId();
    awaitState(id, VppTokenState.Valid);
    VppToken wrong = new VppToken();
    wrong.setToken(seeded(2).contentToken());
    ODataError refused =
        catchThrowableOfType(
            ODataError.class,
            () -> client.deviceAppManagement().vppTokens().byVppTokenId(id).patch(wrong));
    assertThat(refused.getResponseStatusCode()).isEqualTo(400);
    assertThat(refused.getError().getCode()).isEqualTo("BadRequest");
    assertThat(refused.getError().getMessage()).contains("\"_version\": 3").contains("Message");
    assertThat(refused.getError().getMessage()).doesNotContain(seeded(2).contentToken());
  }

  /** The code that the public reference prints for the update in beta. */
  @Test
  void the_printed_patch_of_beta_answers_the_printed_object() {
    var vppToken = new com.microsoft.graph.beta.models.VppToken();
    vppToken.setOdataType("#microsoft.graph.vppToken");
    vppToken.setOrganizationName("Organization Name value");
    vppToken.setVppTokenAccountType(com.microsoft.graph.beta.models.VppTokenAccountType.Education);
    vppToken.setAppleId("Apple Id value");
    OffsetDateTime expirationDateTime = OffsetDateTime.parse("2016-12-31T23:57:57.2481234-08:00");
    vppToken.setExpirationDateTime(expirationDateTime);
    OffsetDateTime lastSyncDateTime = OffsetDateTime.parse("2017-01-01T00:02:49.3205976-08:00");
    vppToken.setLastSyncDateTime(lastSyncDateTime);
    vppToken.setToken("Token value");
    vppToken.setState(com.microsoft.graph.beta.models.VppTokenState.Valid);
    var result = new com.microsoft.graph.beta.models.VppTokenActionResult();
    result.setOdataType("microsoft.graph.vppTokenActionResult");
    result.setActionName("Action Name value");
    result.setActionState(com.microsoft.graph.beta.models.ActionState.Pending);
    OffsetDateTime startDateTime = OffsetDateTime.parse("2016-12-31T23:58:46.7156189-08:00");
    result.setStartDateTime(startDateTime);
    result.setLastUpdatedDateTime(OffsetDateTime.parse("2017-01-01T00:00:56.8321556-08:00"));
    vppToken.setTokenActionResults(new LinkedList<>(List.of(result)));
    vppToken.setLastSyncStatus(com.microsoft.graph.beta.models.VppTokenSyncStatus.InProgress);
    vppToken.setAutomaticallyUpdateApps(true);
    vppToken.setCountryOrRegion("Country Or Region value");
    vppToken.setDataSharingConsentGranted(true);
    vppToken.setDisplayName("Display Name value");
    vppToken.setLocationName("Location Name value");
    vppToken.setClaimTokenManagementFromExternalMdm(true);
    vppToken.setRoleScopeTagIds(new LinkedList<>(List.of("Role Scope Tag Ids value")));
    var patched =
        clients.beta().deviceAppManagement().vppTokens().byVppTokenId(DOCUMENTED).patch(vppToken);

    assertThat(patched.getId()).isEqualTo(DOCUMENTED);
    assertThat(patched.getToken()).isNull();
    assertThat(patched.getDisplayName()).isEqualTo("Display Name value");
    assertThat(patched.getLocationName()).isEqualTo("Location Name value");
    assertThat(patched.getClaimTokenManagementFromExternalMdm()).isTrue();
    assertThat(patched.getDataSharingConsentGranted()).isTrue();
    assertThat(patched.getRoleScopeTagIds()).containsExactly("Role Scope Tag Ids value");
    assertThat(patched.getExpirationDateTime().toInstant())
        .isEqualTo(expirationDateTime.toInstant());
    assertThat(patched.getTokenActionResults())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.getActionName()).isEqualTo("Action Name value");
              assertThat(one.getStartDateTime().toInstant()).isEqualTo(startDateTime.toInstant());
            });
  }

  @Test
  void the_beta_sdk_uploads_lists_syncs_counts_and_deletes() {
    var tokens = clients.beta().deviceAppManagement().vppTokens();
    var upload = new com.microsoft.graph.beta.models.VppToken();
    upload.setDisplayName("Depot");
    upload.setToken(seeded(2).contentToken());
    String id = tokens.post(upload).getId();
    awaitState(id, VppTokenState.Valid);
    assertThat(tokens.byVppTokenId(id).syncLicenses().post().getDisplayName()).isEqualTo("Depot");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> tokens.byVppTokenId(id).get().getLastSyncStatus(),
            status -> status == com.microsoft.graph.beta.models.VppTokenSyncStatus.Completed);

    assertThat(tokens.get().getValue())
        .extracting(com.microsoft.graph.beta.models.VppToken::getId)
        .contains(id, DOCUMENTED);
    assertThat(tokens.count().get()).isGreaterThanOrEqualTo(2);
    tokens.syncLicenseCounts().post();
    assertThat(tokens.getLicensesForAppWithBundleId("com.example.fieldnotes").get().getValue())
        .allSatisfy(one -> assertThat(one.getAvailableLicenseCount()).isNotNegative());
    var consent = new com.microsoft.graph.beta.models.VppToken();
    consent.setDataSharingConsentGranted(true);
    assertThat(tokens.byVppTokenId(id).patch(consent).getDataSharingConsentGranted()).isTrue();
    tokens.byVppTokenId(id).delete();
    assertThat(tokens.get().getValue())
        .extracting(com.microsoft.graph.beta.models.VppToken::getId)
        .doesNotContain(id);
  }

  @Test
  void beta_shows_what_v1_does_not() {
    var beta = clients.beta();
    var change = new com.microsoft.graph.beta.models.VppToken();
    change.setDisplayName("Shown in beta");
    var result = beta.deviceAppManagement().vppTokens().byVppTokenId(DOCUMENTED).patch(change);
    assertThat(result.getDisplayName()).isEqualTo("Shown in beta");
    VppToken plain = client.deviceAppManagement().vppTokens().byVppTokenId(DOCUMENTED).get();
    assertThat(plain.getAdditionalData()).doesNotContainKey("displayName");
  }

  @Test
  void a_token_without_the_permission_is_refused() {
    ODataError refused =
        catchThrowableOfType(
            ODataError.class,
            () ->
                clients
                    .v1("DeviceManagementApps.Read.All")
                    .deviceAppManagement()
                    .vppTokens()
                    .byVppTokenId(DOCUMENTED)
                    .syncLicenses()
                    .post());
    assertThat(refused.getResponseStatusCode()).isEqualTo(403);
  }

  private void awaitState(String id, VppTokenState state) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> client.deviceAppManagement().vppTokens().byVppTokenId(id).get().getState(),
            seen -> seen == state);
  }

  private static AppleStandIn.SeededLibrary seeded(int index) {
    try (AppleStandIn same = AppleStandIn.start(AppleStandInSettings.defaults())) {
      return same.seeded().get(index);
    }
  }
}
