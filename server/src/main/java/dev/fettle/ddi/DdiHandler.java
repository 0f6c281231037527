package dev.fettle.ddi;

import dev.fettle.base.Reason;
import dev.fettle.base.Refusal;
import dev.fettle.devices.Devices;
import dev.fettle.devices.Devices.ToldAgain;
import dev.fettle.devices.SeenDevices;
import dev.fettle.devices.credentials.DeviceAuthentication;
import dev.fettle.devices.credentials.DeviceCredential;
import dev.fettle.devices.credentials.EnrolledDevice;
import dev.fettle.devices.reports.DeviceReport;
import dev.fettle.http.Handler;
import dev.fettle.http.Request;
import dev.fettle.http.Response;
import dev.fettle.json.Json;
import dev.fettle.updates.agents.AgentPoll;
import dev.fettle.updates.agents.AgentWork;
import dev.fettle.updates.agents.AgentWork.FurtherNotes;
import dev.fettle.updates.agents.OpenOperation;
import dev.fettle.updates.operations.OperationType;
import dev.fettle.updates.releases.ContentStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers the requests of devices. */
public final class DdiHandler implements Handler {
  private static final String AFTER_TENANT = "/controller/v1/";
  private static final Set<String> NOT_A_TENANT = Set.of("v1.0", "beta", "fettle");
  private static final int LARGEST_NUMBER_LENGTH = 10;

  // RAUC installs from the server while it reads, in pieces of at most 128 KiB: eight thousand
  // requests for a gigabyte, as quick as the line. One refused five times is a failed installation.
  private static final int FILES_FOR_ONE = 50;

  // What a device calls its diagnostics becomes a header of the answer to an administrator.
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[!-~&&[^/;,]]{1,60}/[!-~&&[^/;,]]{1,60}( ?;[ -~]{0,100})?");

  private static final Set<String> READ = Set.of("GET", "HEAD");

  private final AgentWork work;
  private final Devices devices;
  private final SeenDevices seen;
  private final ReportCheck reports;
  private final DdiDownloads downloads;
  private final DdiSettings settings;
  private final RequestLimit limit;
  private final RequestLimit fileLimit;
  private final Chance chance;

  /**
   * Time and randomness, for polls.
   *
   * @param nanos a count that no clock moves, for limits: {@link System#nanoTime}
   */
  public record Chance(InstantSource clock, LongSupplier nanos, RandomGenerator random) {}

  public DdiHandler(
      AgentWork work,
      Devices devices,
      SeenDevices seen,
      ContentStore contents,
      ReportCheck reports,
      DdiSettings settings,
      Chance chance) {
    this.work = work;
    this.devices = devices;
    this.seen = seen;
    this.reports = reports;
    this.downloads = new DdiDownloads(work, contents);
    this.settings = settings;
    this.limit = new RequestLimit(settings.requestsPerSecond(), settings.burst(), chance.nanos());
    this.fileLimit =
        new RequestLimit(
            settings.requestsPerSecond() * FILES_FOR_ONE,
            settings.burst() * FILES_FOR_ONE,
            chance.nanos());
    this.chance = chance;
  }

  /** Whether a request is of this protocol, by its path alone. */
  public static boolean claims(Request request) {
    String path = request.rawPath();
    int end = path.indexOf('/', 1);
    return end > 1
        && path.startsWith(AFTER_TENANT, end)
        && !NOT_A_TENANT.contains(path.substring(1, end));
  }

  @Override
  public Response handle(Request request) {
    try {
      return answer(request);
    } catch (Refusal refusal) {
      return DdiErrors.answer(refusal.reason());
    }
  }

  /** What a request is about, once its path is taken apart. */
  private record Visit(Request request, String tenant, String controllerId, List<String> rest) {
    String at(int index) {
      return index < rest.size() ? rest.get(index) : "";
    }

    int number(int index) {
      String text = at(index);
      if (text.isEmpty()
          || text.length() > LARGEST_NUMBER_LENGTH
          || !text.chars().allMatch(c -> c >= '0' && c <= '9')
          || Long.parseLong(text) > Integer.MAX_VALUE) {
        throw notFound();
      }
      return Integer.parseInt(text);
    }
  }

  private Response answer(Request request) {
    List<String> segments = request.segments();
    Visit visit =
        new Visit(
            request,
            segments.getFirst(),
            segments.size() > 3 ? segments.get(3) : "",
            segments.subList(Math.min(4, segments.size()), segments.size()));
    DeviceCredential credential =
        DeviceCredential.parse(request.header("Authorization"))
            .orElseThrow(DeviceAuthentication::refused);
    if (visit.controllerId().isEmpty()) {
      throw notFound();
    }
    Instant now = chance.clock().instant();
    if (visit.rest().isEmpty()) {
      allow(visit, READ);
      AgentPoll poll = work.poll(visit.tenant(), visit.controllerId(), credential);
      limit.count(poll.device().tenantId(), poll.device().deviceId());
      return poll(visit, poll, now);
    }
    EnrolledDevice device = devices.authenticate(visit.tenant(), visit.controllerId(), credential);
    boolean file = visit.at(0).equals("softwaremodules") && visit.rest().size() == 4;
    (file ? fileLimit : limit).count(device.tenantId(), device.deviceId());
    // Some agents do not poll while they install, and who reports is there.
    seen.seen(device, now, request.remoteAddress(), settings.pollInterval());
    return below(visit, device);
  }

  private Response below(Visit visit, EnrolledDevice device) {
    boolean feedback = visit.rest().size() == 3 && visit.at(2).equals("feedback");
    boolean one = visit.rest().size() == 2;
    return switch (visit.at(0)) {
      case "deploymentBase" ->
          feedback
              ? report(visit, device, OperationType.SOFTWARE_UPDATE)
              : only(one, () -> deployment(visit, device));
      case "cancelAction" ->
          feedback ? cancelReport(visit, device) : only(one, () -> cancelAction(visit, device));
      case "installedBase" ->
          visit.rest().size() == 1
              ? stated(visit, device)
              : only(one, () -> installed(visit, device));
      case "configData" -> only(visit.rest().size() == 1, () -> attributes(visit, device));
      case "report" -> only(visit.rest().size() == 1, () -> documents(visit, device));
      case "restart" ->
          feedback
              ? report(visit, device, OperationType.RESTART)
              : only(one, () -> asked(visit, device, OperationType.RESTART, "restart"));
      case "diagnostics" -> {
        if (visit.rest().size() == 3 && visit.at(2).equals("file")) {
          yield upload(visit, device);
        }
        yield feedback
            ? report(visit, device, OperationType.DIAGNOSTICS)
            : only(one, () -> asked(visit, device, OperationType.DIAGNOSTICS, "diagnostics"));
      }
      case "softwaremodules" -> files(visit, device);
      default -> throw notFound();
    };
  }

  private static Response only(boolean fits, Supplier<Response> answer) {
    if (!fits) {
      throw notFound();
    }
    return answer.get();
  }

  // ---- polls ------------------------------------------------------------------------------------

  private Response poll(Visit visit, AgentPoll poll, Instant now) {
    Duration sleep = sleep();
    seen.seen(poll.device(), now, visit.request().remoteAddress(), sleep);
    ObjectNode body = Json.object();
    body.putObject("config").putObject("polling").put("sleep", DdiJson.sleep(sleep));
    ObjectNode links = Json.object();
    String base = base(visit);
    Optional<OpenOperation> software = poll.software();
    if (software.isPresent()) {
      OpenOperation open = software.get();
      link(links, open.cancelRequested() ? "cancelAction" : "deploymentBase", base, open);
    }
    // Agents that have not said that they know these links are not told of them.
    if (poll.device().canRestart()) {
      work(links, poll, OperationType.RESTART, "restart", base);
    }
    if (poll.device().canRunDiagnostics()) {
      work(links, poll, OperationType.DIAGNOSTICS, "diagnostics", base);
    }
    Integer installed = poll.device().installedAction();
    if (installed != null) {
      links.putObject("installedBase").put("href", base + "/installedBase/" + installed);
    }
    if (poll.device().attributesWanted()) {
      links.putObject("configData").put("href", base + "/configData");
    }
    if (!links.isEmpty()) {
      body.set("_links", links);
    }
    return json(visit.request(), body);
  }

  private static void work(
      ObjectNode links, AgentPoll poll, OperationType type, String name, String base) {
    Optional<OpenOperation> open = poll.first(type);
    if (open.isPresent()) {
      if (!open.get().cancelRequested()) {
        link(links, name, base, open.get());
      } else if (!links.has("cancelAction") && !links.has("deploymentBase")) {
        link(links, "cancelAction", base, open.get());
      }
    }
  }

  /**
   * The address of an action. A deployment's has a cache number, since agents made with hawkBit's
   * device SDK cut the action's number out before the question mark; the others must have none,
   * since SWUpdate appends to them. The number never changes, as what a deployment says never does.
   */
  private static void link(ObjectNode links, String name, String base, OpenOperation open) {
    String href = base + "/" + name + "/" + open.actionNumber();
    links
        .putObject(name)
        .put("href", name.equals("deploymentBase") ? href + "?c=" + open.actionNumber() : href);
  }

  /** The poll interval, drawn apart so that a fleet which came together does not stay together. */
  private Duration sleep() {
    long millis = settings.pollInterval().toMillis();
    long spread = millis * settings.spreadPercent() / 100;
    long drawn = spread == 0 ? millis : millis - spread + chance.random().nextLong(2 * spread + 1);
    return Duration.ofSeconds(Math.max(1, Math.round(drawn / 1000.0)));
  }

  // ---- actions ----------------------------------------------------------------------------------

  private Response deployment(Visit visit, EnrolledDevice device) {
    allow(visit, READ);
    int history = history(visit.request());
    return json(
        visit.request(),
        DdiJson.deployment(
            "deployment",
            work.deployment(device, visit.number(1), history),
            profile(visit.request(), device),
            base(visit),
            history != 0));
  }

  private Response installed(Visit visit, EnrolledDevice device) {
    allow(visit, READ);
    int history = history(visit.request());
    return json(
        visit.request(),
        DdiJson.deployment(
            "deployment",
            work.ended(device, visit.number(1), history),
            profile(visit.request(), device),
            base(visit),
            history != 0));
  }

  private Response stated(Visit visit, EnrolledDevice device) {
    allow(visit, Set.of("PUT"));
    JsonNode body = FeedbackJson.object(visit.request());
    boolean news =
        work.states(device, FeedbackJson.text(body, "name"), FeedbackJson.text(body, "version"));
    return Response.empty(news ? 201 : 200);
  }

  private Response report(Visit visit, EnrolledDevice device, OperationType type) {
    allow(visit, Set.of("POST"));
    work.report(
        device,
        type,
        visit.number(1),
        FeedbackJson.report(FeedbackJson.object(visit.request())),
        profile(visit.request(), device).insistent() ? FurtherNotes.DROPPED : FurtherNotes.REFUSED);
    return Response.empty(200);
  }

  private Response cancelAction(Visit visit, EnrolledDevice device) {
    allow(visit, READ);
    int action = visit.number(1);
    work.requireCancelled(device, action);
    ObjectNode body = Json.object();
    body.put("id", Integer.toString(action));
    body.putObject("cancelAction").put("stopId", Integer.toString(action));
    return json(visit.request(), body);
  }

  private Response cancelReport(Visit visit, EnrolledDevice device) {
    allow(visit, Set.of("POST"));
    work.cancelReport(
        device, visit.number(1), FeedbackJson.report(FeedbackJson.object(visit.request())));
    return Response.empty(200);
  }

  private Response asked(Visit visit, EnrolledDevice device, OperationType type, String member) {
    allow(visit, READ);
    OpenOperation operation = work.fetch(device, visit.number(1), type);
    String id = Integer.toString(operation.actionNumber());
    ObjectNode body = Json.object();
    body.put("id", id);
    ObjectNode about = body.putObject(member);
    if (type == OperationType.DIAGNOSTICS) {
      about.putObject("upload").put("href", base(visit) + "/diagnostics/" + id + "/file");
    }
    return json(visit.request(), body);
  }

  private Response upload(Visit visit, EnrolledDevice device) {
    allow(visit, Set.of("PUT"));
    String type = visit.request().header("Content-Type");
    String length = visit.request().header("Content-Length");
    boolean announced = length != null && length.matches("[0-9]{1,18}");
    work.diagnostics(
        device,
        visit.number(1),
        visit.request().body(),
        announced && length != null ? Long.parseLong(length) : -1,
        type != null && MEDIA_TYPE.matcher(type).matches() ? type : "application/octet-stream");
    return Response.empty(200);
  }

  // ---- what devices say about themselves --------------------------------------------------------

  private Response attributes(Visit visit, EnrolledDevice device) {
    allow(visit, Set.of("PUT"));
    JsonNode body = FeedbackJson.object(visit.request());
    devices.attributes(
        device,
        FeedbackJson.mode(body),
        FeedbackJson.attributes(body),
        profile(visit.request(), device).endsBeforeRestart()
            ? ToldAgain.IS_OLD
            : ToldAgain.IS_TRUE);
    return Response.empty(200);
  }

  private Response documents(Visit visit, EnrolledDevice device) {
    allow(visit, Set.of("PUT"));
    DeviceReport report = reports.check(FeedbackJson.object(visit.request()));
    devices.report(device, report);
    return Response.empty(200);
  }

  // ---- files ------------------------------------------------------------------------------------

  private Response files(Visit visit, EnrolledDevice device) {
    if (!visit.at(2).equals("artifacts") || visit.rest().size() > 4) {
      throw notFound();
    }
    allow(visit, READ);
    int module = visit.number(1);
    if (visit.rest().size() == 4) {
      return downloads.answer(visit.request(), device, module, visit.at(3));
    }
    return Response.of(
        200,
        mediaType(visit.request()),
        Json.bytes(
            DdiJson.artifacts(
                work.artifacts(device, module), profile(visit.request(), device), base(visit))));
  }

  // ---- small parts ------------------------------------------------------------------------------

  private static void allow(Visit visit, Set<String> methods) {
    if (!methods.contains(visit.request().method())) {
      throw new Refusal(
          new Reason.MethodNotAllowed(
              methods, "This address takes " + String.join(", ", methods) + "."));
    }
  }

  private static int history(Request request) {
    for (String pair : request.rawQuery().split("&", -1)) {
      if (pair.matches("actionHistory=-?[0-9]{1,9}")) {
        return Integer.parseInt(pair.substring("actionHistory=".length()));
      }
    }
    return 0;
  }

  private static AgentProfile profile(Request request, EnrolledDevice device) {
    return AgentProfile.of(device.agent(), request.header("User-Agent"), request.header("Accept"));
  }

  /** The device's own address, absolute: agents hand links to their HTTP library as they are. */
  private String base(Visit visit) {
    String origin = settings.publicUrl() == null ? visit.request().origin() : settings.publicUrl();
    return origin
        + "/"
        + PathText.encode(visit.tenant())
        + AFTER_TENANT
        + PathText.encode(visit.controllerId());
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

  private static Refusal notFound() {
    return new Refusal(Reason.notFound("There is no such address."));
  }
}
