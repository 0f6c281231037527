package dev.fettle.devices;

import static dev.fettle.graph.schema.GraphVersion.BETA;
import static dev.fettle.graph.schema.GraphVersion.FETTLE;

import dev.fettle.base.Refusal;
import dev.fettle.db.Sql;
import dev.fettle.graph.Answers;
import dev.fettle.graph.Call;
import dev.fettle.graph.Reads;
import dev.fettle.graph.Route;
import dev.fettle.graph.query.Resource;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.identity.Caller;
import dev.fettle.json.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ObjectNode;

/** The operations on devices themselves. */
public final class DeviceRoutes {

  private static final String DEVICE_TYPE = "microsoft.graph.teamworkDevice";
  private static final Sql BY_ID = Sql.of("t.id = :id");
  private static final Sql ALL = Sql.of("true");
  private static final String MISSING = "The device was not found.";

  private final Devices devices;
  private final Reads reads;

  public DeviceRoutes(Devices devices, Reads reads) {
    this.devices = devices;
    this.reads = reads;
  }

  /** All rows. */
  public List<Route> routes() {
    return List.of(
        Route.get(BETA, "/teamwork/devices")
            .notes("List teamworkDevices")
            .handle(call -> reads.collection(call, DeviceResources.DEVICES, ALL)),
        Route.get(BETA, "/teamwork/devices/$count")
            .notes("As the SDKs call it; no reference page.")
            .handle(call -> reads.count(call, DeviceResources.DEVICES, ALL)),
        Route.post(BETA, "/teamwork/devices")
            .body(DEVICE_TYPE)
            .notes("Enrols a device. As the SDKs call it; no reference page.")
            .handle(this::enrol),
        Route.get(BETA, "/teamwork/devices/{device-id}")
            .notes("Get teamworkDevice")
            .handle(call -> entity(call, DeviceResources.DEVICES)),
        Route.patch(BETA, "/teamwork/devices/{device-id}")
            .body(DEVICE_TYPE)
            .notes("Sets notes and companyAssetTag. As the SDKs call it; no reference page.")
            .handle(this::modify),
        Route.delete(BETA, "/teamwork/devices/{device-id}")
            .notes("Retires a device. As the SDKs call it; no reference page.")
            .handle(done(devices::retire)),
        Route.get(BETA, "/teamwork/devices/{device-id}/activity")
            .notes("Get teamworkDeviceActivity")
            .handle(call -> entity(call, DeviceResources.ACTIVITY)),
        Route.get(BETA, "/teamwork/devices/{device-id}/configuration")
            .notes("Get teamworkDeviceConfiguration")
            .handle(call -> entity(call, DeviceResources.CONFIGURATION)),
        Route.get(BETA, "/teamwork/devices/{device-id}/health")
            .notes("Get teamworkDeviceHealth")
            .handle(call -> entity(call, DeviceResources.HEALTH)),
        Route.get(FETTLE, "/devices")
            .handle(call -> reads.collection(call, DeviceResources.AGENTS, ALL)),
        Route.get(FETTLE, "/devices/{device-id}")
            .handle(call -> entity(call, DeviceResources.AGENTS)),
        Route.post(FETTLE, "/devices/{device-id}/credential")
            .parameters("issueCredential")
            .handle(this::issueCredential),
        Route.delete(FETTLE, "/devices/{device-id}/credential")
            .handle(done(devices::revokeCredential)),
        Route.post(FETTLE, "/devices/{device-id}/certificate")
            .handle(done(devices::allowCertificate)),
        Route.delete(FETTLE, "/devices/{device-id}/certificate")
            .handle(done(devices::blockCertificate)),
        Route.get(FETTLE, "/gatewayTokens")
            .handle(call -> reads.collection(call, DeviceResources.GATEWAY_TOKENS, ALL)),
        Route.get(FETTLE, "/gatewayTokens/{token-id}")
            .handle(
                call ->
                    reads.entity(
                        call,
                        DeviceResources.GATEWAY_TOKENS,
                        BY_ID.with("id", call.id("token-id")),
                        "The gateway token was not found.")),
        Route.post(FETTLE, "/gatewayTokens")
            .body("fettle.gatewayToken")
            .handle(this::issueGatewayToken),
        Route.delete(FETTLE, "/gatewayTokens/{token-id}").handle(this::revokeGatewayToken));
  }

  private Response entity(Call call, Resource resource) {
    return reads.entity(call, resource, device(call), MISSING);
  }

  /** The handler of a change of a device after which there is nothing to answer. */
  private static Route.Operation done(BiConsumer<Caller, String> change) {
    return call -> {
      change.accept(call.caller(), call.id("device-id"));
      return Answers.noContent();
    };
  }

  private Response enrol(Call call) {
    String id = devices.enrol(call.caller(), DeviceBodies.newDevice(call.body()));
    return reads.created(call, DeviceResources.DEVICES, BY_ID.with("id", id), id);
  }

  private Response modify(Call call) {
    ObjectNode changes =
        reads.changes(
            call, DeviceResources.DEVICES, device(call), MISSING, DeviceBodies.CHANGEABLE);
    boolean repeatsAll = changes.isEmpty() && !call.body().isEmpty();
    if (!repeatsAll) {
      devices.modify(call.caller(), call.id("device-id"), DeviceBodies.change(changes));
    }
    return reads.updated(call, DeviceResources.DEVICES, device(call), MISSING);
  }

  private Response issueCredential(Call call) {
    IssuedCredential issued =
        devices.issueCredential(
            call.caller(), call.id("device-id"), DeviceBodies.controllerId(call.content()));
    ObjectNode body = Json.object();
    body.put("@odata.context", call.root() + "/$metadata#fettle.deviceCredential");
    body.put("deviceId", issued.deviceId());
    body.put("tenantId", issued.tenantId());
    body.put("controllerId", issued.controllerId());
    body.put("pollPath", pollPath(issued));
    body.put("authorization", "TargetToken " + issued.token());
    body.put("token", issued.token());
    body.put("createdDateTime", time(issued.issued()));
    return Answers.json(201, body).with("Cache-Control", "no-store");
  }

  private static String pollPath(IssuedCredential issued) {
    return "/"
        + Request.encode(issued.tenantId())
        + "/controller/v1/"
        + Request.encode(issued.controllerId());
  }

  private Response issueGatewayToken(Call call) {
    IssuedGatewayToken issued =
        devices.issueGatewayToken(call.caller(), DeviceBodies.displayName(call.body()));
    ObjectNode body = Json.object();
    body.put("@odata.context", call.root() + "/$metadata#gatewayTokens/$entity");
    body.put("id", issued.id());
    body.put("displayName", issued.displayName());
    body.put("token", issued.token());
    body.put("createdDateTime", time(issued.issued()));
    body.putNull("revokedDateTime");
    return Answers.json(201, body)
        .with("Location", call.root() + "/gatewayTokens/" + issued.id())
        .with("Cache-Control", "no-store");
  }

  private Response revokeGatewayToken(Call call) {
    devices.revokeGatewayToken(call.caller(), call.id("token-id"));
    return Answers.noContent();
  }

  /** As it is stored, and read back. */
  private static String time(Instant issued) {
    return issued.truncatedTo(ChronoUnit.MICROS).toString();
  }

  private static Sql device(Call call) {
    String id = call.id("device-id");
    if (id.isEmpty()) {
      throw Refusal.notFound(MISSING);
    }
    return BY_ID.with("id", id);
  }
}
