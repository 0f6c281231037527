package dev.fettle.ddi;

import static dev.fettle.updates.OperationType.DEVICE_DIAGNOSTICS;
import static dev.fettle.updates.OperationType.DEVICE_RESTART;
import static dev.fettle.updates.OperationType.SOFTWARE_UPDATE;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.devices.AuthenticatedDevice;
import dev.fettle.devices.DeviceAuthentication;
import dev.fettle.devices.DeviceCredential;
import dev.fettle.devices.DevicePresence;
import dev.fettle.devices.DeviceReport;
import dev.fettle.devices.Devices;
import dev.fettle.devices.Devices.RepeatedVersions;
import dev.fettle.graph.Bodies;
import dev.fettle.http.Door;
import dev.fettle.http.Endpoints;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import dev.fettle.updates.AgentActions;
import dev.fettle.updates.AgentActions.ExcessReports;
import dev.fettle.updates.AgentPoll;
import dev.fettle.updates.ContentStore;
import dev.fettle.updates.Deployment;
import dev.fettle.updates.OpenOperation;
import dev.fettle.updates.OperationType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The rows of the device-facing protocol. */
public final class DdiRoutes implements Door {
  private static final String AFTER_TENANT = "/controller/v1/";
  private static final String DEVICE = "/{tenant}/controller/v1/{controllerId}";
  private static final int CONTROLLER_ID = 3;
  private static final Set<String> NOT_A_TENANT = Set.of("v1.0", "beta", "fettle");
  private static final int LARGEST_NUMBER_LENGTH = 10;

  // RAUC installs from the server while it reads, in pieces of at most 128 KiB: eight thousand
  // requests for a gigabyte, as quick as the line. One refused five times is a failed installation.
  private static final int FILES_FOR_ONE = 50;

  // What a device calls its diagnostics becomes a header of the answer to an administrator.
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[!-~&&[^/;,]]{1,60}/[!-~&&[^/;,]]{1,60}( ?;[ -~]{0,100})?");

  private final AgentActions actions;
  private final Devices devices;
  private final DevicePresence presence;
  private final DeviceReportJson reports;
  private final DdiDownloads downloads;
  private final DdiSettings settings;
  private final RateLimit limit;
  private final RateLimit fileLimit;
  private final ClockAndRandom sources;
  private final Endpoints endpoints =
      new Endpoints(
          List.of(
              new Endpoints.Endpoint("GET", DEVICE, this::poll),
              row("GET", "/deploymentBase/{action}", this::deployment),
              row("POST", "/deploymentBase/{action}/feedback", reporting(SOFTWARE_UPDATE)),
              row("GET", "/cancelAction/{action}", this::cancelAction),
              row("POST", "/cancelAction/{action}/feedback", this::cancelReport),
              row("GET", "/installedBase/{action}", this::installed),
              row("PUT", "/installedBase", this::installedRelease),
              row("PUT", "/configData", this::attributes),
              row("PUT", "/report", this::documents),
              row("GET", "/restart/{action}", asking(DEVICE_RESTART, "restart")),
              row("POST", "/restart/{action}/feedback", reporting(DEVICE_RESTART)),
              row("GET", "/diagnostics/{action}", asking(DEVICE_DIAGNOSTICS, "diagnostics")),
              row("POST", "/diagnostics/{action}/feedback", reporting(DEVICE_DIAGNOSTICS)),
              row("PUT", "/diagnostics/{action}/file", this::upload),
              row("GET", "/softwaremodules/{module}/artifacts", this::artifacts),
              row("GET", "/softwaremodules/{module}/artifacts/{fileName}", this::file)));

  /** Answers a device that has proved its identity. */
  @FunctionalInterface
  private interface DeviceHandler {
    Response answer(DeviceCall call, AuthenticatedDevice device);
  }

  /**
   * Time and randomness, for polls.
   *
   * @param nanos a count that no clock moves, for limits: {@link System#nanoTime}
   */
  public record ClockAndRandom(InstantSource clock, LongSupplier nanos, RandomGenerator random) {}

  public DdiRoutes(
      AgentActions actions,
      Devices devices,
      DevicePresence presence,
      ContentStore contents,
      Bodies bodies,
      DdiSettings settings,
      ClockAndRandom sources) {
    this.actions = actions;
    this.devices = devices;
    this.presence = presence;
    this.reports = new DeviceReportJson(bodies);
    this.downloads = new DdiDownloads(actions, contents);
    this.settings = settings;
    this.limit = new RateLimit(settings.requestsPerSecond(), settings.burst(), sources.nanos());
    this.fileLimit =
        new RateLimit(
            settings.requestsPerSecond() * FILES_FOR_ONE,
            settings.burst() * FILES_FOR_ONE,
            sources.nanos());
    this.sources = sources;
  }

  @Override
  public String name() {
    return "ddi";
  }

  @Override
  public List<Row> rows() {
    return endpoints.rows();
  }

  @Override
  public boolean claims(Request request) {
    String path = request.rawPath();
    int end = path.indexOf('/', 1);
    return end > 1
        && path.startsWith(AFTER_TENANT, end)
        && !NOT_A_TENANT.contains(path.substring(1, end));
  }

  @Override
  public Match match(Request request) {
    try {
      return endpoints.match(request);
    } catch (Refusal refusal) {
      // Who is no device does not learn which addresses there are.
      List<String> segments = request.segments();
      String controllerId = segments.size() > CONTROLLER_ID ? segments.get(CONTROLLER_ID) : "";
      DeviceCredential credential = credential(request, segments.getFirst(), controllerId);
      if (!controllerId.isEmpty()) {
        devices.authenticate(segments.getFirst(), controllerId, credential);
      }
      throw refusal;
    }
  }

  @Override
  public Response refuse(Request request, Reason reason, String requestId) {
    return DdiErrors.answer(reason);
  }

  @Override
  public Response fail(Request request, String requestId) {
    return DdiErrors.fault(requestId);
  }

  /** A request with the parameters of its path. */
  private record DeviceCall(Request request, Map<String, String> keys) {
    String key(String name) {
      return Objects.requireNonNull(keys.get(name), name);
    }

    String tenant() {
      return key("tenant");
    }

    String controllerId() {
      return key("controllerId");
    }

    int number(String name) {
      String text = key(name);
      if (text.length() > LARGEST_NUMBER_LENGTH
          || !text.chars().allMatch(c -> c >= '0' && c <= '9')
          || Long.parseLong(text) > Integer.MAX_VALUE) {
        throw Refusal.notFound("There is no such address.");
      }
      return Integer.parseInt(text);
    }
  }

  private DeviceCredential credential(DeviceCall call) {
    return credential(call.request(), call.tenant(), call.controllerId());
  }

  private DeviceCredential credential(Request request, String tenant, String controllerId) {
    return DeviceCredential.parse(request.header("Authorization"))
        .or(
            () ->
                settings
                    .certificates()
                    .credential(request, tenant, controllerId, sources.clock().instant()))
        .orElseThrow(DeviceAuthentication::refused);
  }

  /** A row below a device's own address. */
  private Endpoints.Endpoint row(String method, String path, DeviceHandler handler) {
    boolean file = path.endsWith("/{fileName}");
    return new Endpoints.Endpoint(
        method,
        DEVICE + path,
        (request, keys) -> {
          DeviceCall call = new DeviceCall(request, keys);
          AuthenticatedDevice device =
              devices.authenticate(call.tenant(), call.controllerId(), credential(call));
          (file ? fileLimit : limit).count(device.tenantId(), device.deviceId());
          // Some agents do not poll while they install, and who reports is there.
          presence.seen(
              device, sources.clock().instant(), request.remoteAddress(), settings.pollInterval());
          return handler.answer(call, device);
        });
  }

  // ---- polls ------------------------------------------------------------------------------------

  private Response poll(Request request, Map<String, String> keys) {
    DeviceCall call = new DeviceCall(request, keys);
    AgentPoll poll = actions.poll(call.tenant(), call.controllerId(), credential(call));
    limit.count(poll.device().tenantId(), poll.device().deviceId());
    Duration sleep = sleep();
    presence.seen(poll.device(), sources.clock().instant(), request.remoteAddress(), sleep);
    Map<String, String> links = new LinkedHashMap<>();
    Optional<OpenOperation> software = poll.software();
    if (software.isPresent()) {
      OpenOperation open = software.get();
      link(links, open.cancelRequested() ? "cancelAction" : "deploymentBase", open);
    }
    // Agents that have not said that they know these links are not told of them.
    if (poll.device().canRestart()) {
      link(links, poll, DEVICE_RESTART, "restart");
    }
    if (poll.device().canRunDiagnostics()) {
      link(links, poll, DEVICE_DIAGNOSTICS, "diagnostics");
    }
    Integer installed = poll.device().installedAction();
    if (installed != null) {
      links.put("installedBase", "/installedBase/" + installed);
    }
    if (poll.device().attributesWanted()) {
      links.put("configData", "/configData");
    }
    return Response.of(
        200, mediaType(request), DdiJson.poll(sleep, links.isEmpty() ? "" : base(call), links));
  }

  private static void link(
      Map<String, String> links, AgentPoll poll, OperationType type, String name) {
    Optional<OpenOperation> open = poll.first(type);
    if (open.isPresent()) {
      if (!open.get().cancelRequested()) {
        link(links, name, open.get());
      } else if (!links.containsKey("cancelAction") && !links.containsKey("deploymentBase")) {
        link(links, "cancelAction", open.get());
      }
    }
  }

  /**
   * The path of an action below its device. A deployment's has a cache number, since agents made
   * with hawkBit's device SDK cut the action's number out before the question mark; the others must
   * have none, since SWUpdate appends to them. The number never changes, as what a deployment says
   * never does.
   */
  private static void link(Map<String, String> links, String name, OpenOperation open) {
    String path = "/" + name + "/" + open.actionNumber();
    links.put(name, name.equals("deploymentBase") ? path + "?c=" + open.actionNumber() : path);
  }

  /** The poll interval, drawn apart so that a fleet which came together does not stay together. */
  private Duration sleep() {
    long millis = settings.pollInterval().toMillis();
    long spread = millis * settings.spreadPercent() / 100;
    long drawn = spread == 0 ? millis : millis - spread + sources.random().nextLong(2 * spread + 1);
    return Duration.ofSeconds(Math.max(1, Math.round(drawn / 1000.0)));
  }

  // ---- actions ----------------------------------------------------------------------------------

  private Response deployment(DeviceCall call, AuthenticatedDevice device) {
    return deployment(
        call, device, actions.deployment(device, call.number("action"), history(call.request())));
  }

  private Response installed(DeviceCall call, AuthenticatedDevice device) {
    return deployment(
        call, device, actions.ended(device, call.number("action"), history(call.request())));
  }

  private Response deployment(DeviceCall call, AuthenticatedDevice device, Deployment found) {
    Request request = call.request();
    return json(
        request,
        DdiJson.deployment(found, profile(request, device), base(call), history(request) != 0));
  }

  private Response installedRelease(DeviceCall call, AuthenticatedDevice device) {
    JsonNode body = FeedbackJson.object(call.request());
    boolean news =
        actions.reportInstalled(
            device, FeedbackJson.text(body, "name"), FeedbackJson.text(body, "version"));
    return Response.empty(news ? 201 : 200);
  }

  private DeviceHandler reporting(OperationType type) {
    return (call, device) -> {
      actions.report(
          device,
          type,
          call.number("action"),
          FeedbackJson.report(FeedbackJson.object(call.request())),
          profile(call.request(), device).repeatsRefusedReports()
              ? ExcessReports.DROPPED
              : ExcessReports.REFUSED);
      return Response.empty(200);
    };
  }

  private Response cancelAction(DeviceCall call, AuthenticatedDevice device) {
    int action = call.number("action");
    actions.requireCancelled(device, action);
    ObjectNode body = Json.object();
    body.put("id", Integer.toString(action));
    body.putObject("cancelAction").put("stopId", Integer.toString(action));
    return json(call.request(), body);
  }

  private Response cancelReport(DeviceCall call, AuthenticatedDevice device) {
    actions.cancelReport(
        device, call.number("action"), FeedbackJson.report(FeedbackJson.object(call.request())));
    return Response.empty(200);
  }

  private DeviceHandler asking(OperationType type, String member) {
    return (call, device) -> {
      OpenOperation operation = actions.fetch(device, call.number("action"), type);
      String id = Integer.toString(operation.actionNumber());
      ObjectNode body = Json.object();
      body.put("id", id);
      ObjectNode about = body.putObject(member);
      if (type == DEVICE_DIAGNOSTICS) {
        about.putObject("upload").put("href", base(call) + "/diagnostics/" + id + "/file");
      }
      return json(call.request(), body);
    };
  }

  private Response upload(DeviceCall call, AuthenticatedDevice device) {
    String type = call.request().header("Content-Type");
    String length = call.request().header("Content-Length");
    boolean announced = length != null && length.matches("[0-9]{1,18}");
    actions.diagnostics(
        device,
        call.number("action"),
        call.request().body(),
        announced && length != null ? Long.parseLong(length) : -1,
        type != null && MEDIA_TYPE.matcher(type).matches() ? type : "application/octet-stream");
    return Response.empty(200);
  }

  // ---- what devices say about themselves --------------------------------------------------------

  private Response attributes(DeviceCall call, AuthenticatedDevice device) {
    JsonNode body = FeedbackJson.object(call.request());
    devices.attributes(
        device,
        FeedbackJson.mode(body),
        FeedbackJson.attributes(body),
        profile(call.request(), device).endsBeforeRestart()
            ? RepeatedVersions.IGNORED
            : RepeatedVersions.ACCEPTED);
    return Response.empty(200);
  }

  private Response documents(DeviceCall call, AuthenticatedDevice device) {
    DeviceReport report = reports.check(FeedbackJson.object(call.request()));
    devices.report(device, report);
    return Response.empty(200);
  }

  // ---- files ------------------------------------------------------------------------------------

  private Response artifacts(DeviceCall call, AuthenticatedDevice device) {
    return Response.of(
        200,
        mediaType(call.request()),
        Json.bytes(
            DdiJson.artifacts(
                actions.artifacts(device, call.number("module")),
                profile(call.request(), device),
                base(call))));
  }

  private Response file(DeviceCall call, AuthenticatedDevice device) {
    return downloads.answer(call.request(), device, call.number("module"), call.key("fileName"));
  }

  // ---- small parts ------------------------------------------------------------------------------

  private static int history(Request request) {
    for (Map.Entry<String, String> parameter : request.parameters()) {
      if (parameter.getKey().equals("actionHistory")
          && parameter.getValue().matches("-?[0-9]{1,9}")) {
        return Integer.parseInt(parameter.getValue());
      }
    }
    return 0;
  }

  private static AgentProfile profile(Request request, AuthenticatedDevice device) {
    return AgentProfile.of(device.agent(), request.header("User-Agent"), request.header("Accept"));
  }

  /** The device's own address, absolute: agents hand links to their HTTP library as they are. */
  private String base(DeviceCall call) {
    String origin = settings.publicUrl() == null ? call.request().origin() : settings.publicUrl();
    return origin
        + "/"
        + Request.encode(call.tenant())
        + AFTER_TENANT
        + Request.encode(call.controllerId());
  }

  private static Response json(Request request, ObjectNode body) {
    return Response.of(200, mediaType(request), Json.bytes(body));
  }

  /** Plain JSON where it was asked for, else JSON with links. */
  private static String mediaType(Request request) {
    String accept = request.header("Accept");
    return accept != null && accept.toLowerCase(Locale.ROOT).contains("application/json")
        ? "application/json"
        : "application/hal+json";
  }
}
