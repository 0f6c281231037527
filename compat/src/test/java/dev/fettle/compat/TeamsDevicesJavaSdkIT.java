package dev.fettle.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.microsoft.graph.beta.models.TeamworkDevice;
import com.microsoft.graph.beta.models.TeamworkDeviceCollectionResponse;
import com.microsoft.graph.beta.models.TeamworkDeviceHealth;
import com.microsoft.graph.beta.models.TeamworkDeviceOperation;
import com.microsoft.graph.beta.models.TeamworkDeviceType;
import com.microsoft.graph.beta.models.TeamworkSoftwareFreshness;
import com.microsoft.graph.beta.models.TeamworkSoftwareType;
import com.microsoft.graph.beta.models.odataerrors.ODataError;
import com.microsoft.graph.beta.serviceclient.GraphServiceClient;
import com.microsoft.graph.beta.teamwork.devices.item.updatesoftware.UpdateSoftwarePostRequestBody;
import com.microsoft.graph.core.content.BatchRequestContent;
import com.microsoft.graph.core.content.BatchResponseContent;
import com.microsoft.graph.core.tasks.PageIterator;
import com.microsoft.kiota.RequestInformation;
import com.microsoft.kiota.http.middleware.options.HeadersInspectionOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * {@code com.microsoft.graph:microsoft-graph-beta} manages Teams devices: the seeded fleet is kept
 * alive by the server's own pretend devices.
 *
 * <p>Each test works on a device of its own, or on an operation type that no other test uses, so
 * their order does not matter.
 */
@NullUnmarked // the SDK calls every answer nullable; a null here fails the test, as it should
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TeamsDevicesJavaSdkIT {
  private static final String BAR = "0f3ce432-e432-0f3c-32e4-3c0f32e43c0f";
  private static final String SECOND_BAR = "55ab555-e432-0f3c-32e4-3c0f32e43c0f";
  private static final String DOCUMENTED_VERSION = "1.0.96.22";

  private final PackagedServer server =
      PackagedServer.start("teams-devices-java", "--devices", "6");
  private final GraphClients clients = new GraphClients(server);
  private final GraphServiceClient client = clients.beta();

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void the_page_iterator_sees_every_device_once() throws ReflectiveOperationException {
    TeamworkDeviceCollectionResponse first =
        client
            .teamwork()
            .devices()
            .get(
                request -> {
                  request.queryParameters.top = 2;
                  request.queryParameters.select =
                      new String[] {"id", "deviceType", "hardwareDetail"};
                });
    assertThat(first.getValue()).hasSize(2);
    assertThat(first.getOdataNextLink()).startsWith(server.https() + "/beta/teamwork/devices?");
    List<String> ids = new ArrayList<>();
    new PageIterator.Builder<TeamworkDevice, TeamworkDeviceCollectionResponse>()
        .client(client)
        .collectionPage(first)
        .collectionPageFactory(TeamworkDeviceCollectionResponse::createFromDiscriminatorValue)
        .processPageItemCallback(
            device -> {
              ids.add(device.getId());
              return true;
            })
        .build()
        .iterate();
    assertThat(ids).contains(BAR, SECOND_BAR).doesNotHaveDuplicates();
    assertThat(ids.size()).isGreaterThanOrEqualTo(6);
  }

  @Test
  void a_device_has_what_the_documentation_prints() {
    TeamworkDevice device = client.teamwork().devices().byTeamworkDeviceId(BAR).get();
    assertThat(device.getDeviceType()).isEqualTo(TeamworkDeviceType.CollaborationBar);
    assertThat(device.getHardwareDetail().getManufacturer()).isEqualTo("yealink");
    assertThat(device.getHardwareDetail().getModel()).isEqualTo("vc210");
    assertThat(device.getHardwareDetail().getSerialNumber()).isEqualTo("0189");
    assertThat(device.getNotes()).isEqualTo("CollaborationBar device.");
  }

  @Test
  void the_documented_update_goes_to_its_end_and_shows_in_health() {
    HeadersInspectionOption headers = new HeadersInspectionOption(false, true);
    client
        .teamwork()
        .devices()
        .byTeamworkDeviceId(BAR)
        .updateSoftware()
        .post(
            update(TeamworkSoftwareType.TeamsClient, DOCUMENTED_VERSION),
            request -> request.options.add(headers));
    String location = headers.getResponseHeaders().get("Location").iterator().next();
    assertThat(location).startsWith("/teamwork/devices/" + BAR + "/operations/");
    String operationId = location.substring(location.lastIndexOf('/') + 1);

    TeamworkDeviceOperation done = awaitFinal(BAR, operationId);
    assertThat(done.getStatus()).isEqualTo("succeeded");
    assertThat(done.getCompletedDateTime()).isNotNull();
    assertThat(
            client
                .teamwork()
                .devices()
                .byTeamworkDeviceId(BAR)
                .operations()
                .get()
                .getValue()
                .stream()
                .map(TeamworkDeviceOperation::getId))
        .contains(operationId);

    TeamworkDeviceHealth health =
        client.teamwork().devices().byTeamworkDeviceId(BAR).health().get();
    var freshness = health.getSoftwareUpdateHealth().getTeamsClientSoftwareUpdateStatus();
    assertThat(freshness.getCurrentVersion()).isEqualTo(DOCUMENTED_VERSION);
    assertThat(freshness.getSoftwareFreshness()).isEqualTo(TeamworkSoftwareFreshness.Latest);
  }

  @Test
  void a_second_update_of_the_same_software_is_a_conflict() {
    client
        .teamwork()
        .devices()
        .byTeamworkDeviceId(SECOND_BAR)
        .updateSoftware()
        .post(update(TeamworkSoftwareType.TeamsClient, DOCUMENTED_VERSION));
    ODataError conflict =
        catchThrowableOfType(
            ODataError.class,
            () ->
                client
                    .teamwork()
                    .devices()
                    .byTeamworkDeviceId(SECOND_BAR)
                    .updateSoftware()
                    .post(update(TeamworkSoftwareType.TeamsClient, DOCUMENTED_VERSION)));
    assertThat(conflict.getResponseStatusCode()).isEqualTo(409);
    assertThat(conflict.getError().getCode()).isEqualTo("Conflict");
    assertThat(conflict.getError().getMessage()).isNotBlank();
    assertThat(conflict.getError().getInnerError().getRequestId()).isNotBlank();
    assertThat(conflict.getResponseHeaders()).containsKey("request-id");
  }

  @Test
  void a_token_that_may_only_read_does_not_update() {
    GraphServiceClient reader = clients.beta("TeamworkDevice.Read.All");
    assertThat(reader.teamwork().devices().byTeamworkDeviceId(BAR).get().getId()).isEqualTo(BAR);
    ODataError refused =
        catchThrowableOfType(
            ODataError.class,
            () ->
                reader
                    .teamwork()
                    .devices()
                    .byTeamworkDeviceId(BAR)
                    .updateSoftware()
                    .post(update(TeamworkSoftwareType.TeamsClient, DOCUMENTED_VERSION)));
    assertThat(refused.getResponseStatusCode()).isEqualTo(403);
    assertThat(refused.getError().getMessage()).isNotBlank();
  }

  @Test
  void an_unknown_device_is_not_found_and_an_empty_body_is_said_to_be_empty() {
    ODataError missing =
        catchThrowableOfType(
            ODataError.class, () -> client.teamwork().devices().byTeamworkDeviceId("nobody").get());
    assertThat(missing.getResponseStatusCode()).isEqualTo(404);
    ODataError empty =
        catchThrowableOfType(
            ODataError.class,
            () ->
                client
                    .teamwork()
                    .devices()
                    .byTeamworkDeviceId(BAR)
                    .updateSoftware()
                    .post(new UpdateSoftwarePostRequestBody()));
    assertThat(empty.getResponseStatusCode()).isEqualTo(400);
    assertThat(empty.getError().getMessage()).contains("softwareType");
  }

  /** The SDK sends no token at all to a host that was not named, and says nothing about it. */
  @Test
  void a_client_that_forgot_its_allowed_hosts_is_told_so() {
    ODataError refused =
        catchThrowableOfType(
            ODataError.class, () -> clients.betaWithoutAllowedHost().teamwork().devices().get());
    assertThat(refused.getResponseStatusCode()).isEqualTo(401);
    assertThat(refused.getError().getCode()).isEqualTo("InvalidAuthenticationToken");
    assertThat(refused.getError().getMessage()).containsIgnoringCase("allowedHosts");
  }

  @Test
  void a_batch_reads_and_updates() throws Exception {
    publishPartnerAgent("9.9");
    BatchRequestContent batch = new BatchRequestContent(client);
    String read =
        batch.addBatchRequestStep(
            client.teamwork().devices().byTeamworkDeviceId(BAR).toGetRequestInformation());
    RequestInformation update =
        client
            .teamwork()
            .devices()
            .byTeamworkDeviceId(BAR)
            .updateSoftware()
            .toPostRequestInformation(update(TeamworkSoftwareType.PartnerAgent, "9.9"));
    String changed = batch.addBatchRequestStep(update);
    String missing =
        batch.addBatchRequestStep(
            client.teamwork().devices().byTeamworkDeviceId("nobody").toGetRequestInformation());
    BatchResponseContent answers = client.getBatchRequestBuilder().post(batch, null);
    Map<String, Integer> statuses = answers.getResponsesStatusCode();
    assertThat(statuses)
        .containsEntry(read, 200)
        .containsEntry(changed, 202)
        .containsEntry(missing, 404);
    TeamworkDevice device =
        answers.getResponseById(read, TeamworkDevice::createFromDiscriminatorValue);
    assertThat(device.getId()).isEqualTo(BAR);
  }

  private void publishPartnerAgent(String version) {
    PlainClient plain = new PlainClient(server);
    String release =
        plain
            .post(
                "/fettle/v1.0/releases",
                """
                {"softwareType":"partnerAgent","version":"%s","deviceTypes":["collaborationBar"],
                 "models":["vc210"]}
                """
                    .formatted(version))
            .path("id")
            .stringValue();
    plain.post("/fettle/v1.0/releases/" + release + "/publish", "{}");
  }

  private TeamworkDeviceOperation awaitFinal(String device, String operation) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                client
                    .teamwork()
                    .devices()
                    .byTeamworkDeviceId(device)
                    .operations()
                    .byTeamworkDeviceOperationId(operation)
                    .get(),
            answer -> Set.of("succeeded", "failed", "cancelled").contains(answer.getStatus()));
  }

  private static UpdateSoftwarePostRequestBody update(
      TeamworkSoftwareType type, @Nullable String version) {
    UpdateSoftwarePostRequestBody body = new UpdateSoftwarePostRequestBody();
    body.setSoftwareType(type);
    body.setSoftwareVersion(version);
    return body;
  }
}
