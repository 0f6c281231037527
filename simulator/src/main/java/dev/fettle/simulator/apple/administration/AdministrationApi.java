package dev.fettle.simulator.apple.administration;

import dev.fettle.simulator.apple.api.Answer;
import dev.fettle.simulator.apple.api.Apple;
import dev.fettle.simulator.apple.api.Limits;
import dev.fettle.simulator.apple.api.Operation;
import dev.fettle.simulator.apple.api.Question;
import dev.fettle.simulator.apple.api.RequestLog;
import dev.fettle.simulator.apple.faults.Fault;
import dev.fettle.simulator.apple.library.AppleRefusal;
import dev.fettle.simulator.apple.library.ClientConfig;
import dev.fettle.simulator.apple.library.EventPace;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.MdmInfo;
import dev.fettle.simulator.apple.library.Notice;
import dev.fettle.simulator.apple.notifications.Notifier;
import dev.fettle.simulator.apple.tokens.ContentToken;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@link Administration} over HTTP, under {@code /stand-in}: JSON in, JSON out, no credential,
 * since the stand-in listens on loopback only.
 */
public final class AdministrationApi {
  /** How the paths of all operations begin. */
  public static final String PREFIX = "/stand-in";

  private static final List<String> OWNER = List.of("id", "name", "metadata");
  private static final List<String> LIMITS =
      List.of(
          "maxAssets",
          "maxUsers",
          "maxNotificationLength",
          "maxRevokeClientUserIds",
          "maxClientUserIds",
          "maxSerialNumbers",
          "maxRevokeSerialNumbers",
          "maxRequestPerSecond");

  private final JsonMapper json = new JsonMapper();
  private final Supplier<Apple> apple;
  private final Administration administration;
  private final Switches switches;
  private final List<Route> routes;

  /**
   * What only the whole stand-in can do.
   *
   * @param reset begins again with the seed
   * @param down refuses connections for a time
   * @param certificate the PEM text of its own certificate, null without HTTPS
   */
  public record Switches(Runnable reset, Consumer<Duration> down, @Nullable String certificate) {}

  @FunctionalInterface
  private interface Action {
    /** Answers with a document; null for 204. */
    @Nullable JsonNode run(List<String> path, Instruction body);
  }

  private record Route(String method, String template, List<String> members, Action action) {
    static Route of(String method, String template, Action action) {
      return new Route(method, template, List.of(), action);
    }

    /** The same with the members that its body may have. */
    Route with(String... known) {
      return new Route(method, template, List.of(known), action);
    }
  }

  /** The operations over a world, which a reset exchanges. */
  public AdministrationApi(
      Supplier<Apple> apple, Administration administration, Switches switches) {
    this.apple = apple;
    this.administration = administration;
    this.switches = switches;
    this.routes =
        List.of(
            Route.of("GET", "", (_, _) -> overview()),
            Route.of("POST", "/libraries", (_, body) -> createLibrary(body))
                .with(
                    "organisation",
                    "location",
                    "country",
                    "education",
                    "domain",
                    "shelf",
                    "generated"),
            Route.of("GET", "/libraries/{uId}", (path, _) -> describe(library(path))),
            Route.of("POST", "/libraries/{uId}/tokens", this::issueToken)
                .with("expires", "readOnly"),
            Route.of("POST", "/libraries/{uId}/assets", this::addAssets)
                .with("adamId", "name", "bundleId", "platform", "total", "shelf", "generated"),
            Route.of("POST", "/libraries/{uId}/assets/{adamId}/total", this::changeTotal)
                .with("delta"),
            Route.of("DELETE", "/libraries/{uId}/assets/{adamId}", this::removeAsset),
            Route.of("PUT", "/libraries/{uId}/owner", this::takeOver)
                .with(OWNER.toArray(String[]::new)),
            Route.of("POST", "/libraries/{uId}/users/{clientUserId}/accept", this::accept),
            Route.of("POST", "/libraries/{uId}/task-faults", this::failTasks)
                .with("adamId", "clientUserId", "serialNumber", "errorNumber", "times"),
            Route.of("POST", "/libraries/{uId}/events/finish", this::finishEvents),
            Route.of("PUT", "/libraries/{uId}/delivery", this::delivery)
                .with("duplicate", "lose", "reversed"),
            Route.of("POST", "/libraries/{uId}/notifications", this::fire)
                .with("type", "notification", "notificationId", "repeat"),
            Route.of("POST", "/tokens/revoke", this::revoke).with("contentToken"),
            Route.of("POST", "/tokens/expire", this::expire).with("contentToken"),
            Route.of("PATCH", "/rules", this::rule)
                .with("pageSize", "limits", "garbageTokenStatus", "eventPace"),
            Route.of("POST", "/clock", this::advance).with("advance"),
            Route.of("GET", "/faults", (_, _) -> faults()),
            Route.of("POST", "/faults", this::addFault)
                .with(
                    "effect",
                    "operation",
                    "library",
                    "pageIndex",
                    "skip",
                    "times",
                    "number",
                    "status",
                    "retryAfter",
                    "contentType",
                    "body",
                    "duration",
                    "pause",
                    "owner",
                    "assets"),
            Route.of("DELETE", "/faults", this::clearFaults),
            Route.of("GET", "/requests", (_, _) -> requests()),
            Route.of("GET", "/requests/log", (_, _) -> log()),
            Route.of("DELETE", "/requests", this::clearRequests),
            Route.of("GET", "/notifications", (_, _) -> journal()),
            Route.of("POST", "/trust", this::trust).with("pem"),
            Route.of("POST", "/down", this::down).with("duration"),
            Route.of("POST", "/reset", this::reset));
  }

  /** What the administration answers, to whoever asks. */
  public Answer answer(Question question) {
    try {
      String path = question.path().substring(PREFIX.length());
      if (path.equals("/certificate.pem") && switches.certificate() != null) {
        return new Answer(200, "application/x-pem-file", switches.certificate(), null, null);
      }
      if (path.equals("/invitation")) {
        return reply(200, invitation(question));
      }
      for (Route route : routes) {
        List<String> values =
            route.method().equals(question.method()) ? match(route.template(), path) : null;
        if (values != null) {
          JsonNode body =
              route.action().run(values, new Instruction(body(question), route.members()));
          return body == null ? new Answer(204, Answer.JSON, "", null, null) : reply(200, body);
        }
      }
      return reply(404, problem("No such operation. There are: " + operations()));
    } catch (AppleRefusal | IllegalArgumentException | DateTimeParseException e) {
      return reply(400, problem(String.valueOf(e.getMessage())));
    }
  }

  private String operations() {
    return String.join(
        ", ",
        routes.stream().map(route -> route.method() + " " + PREFIX + route.template()).toList());
  }

  private static @Nullable List<String> match(String template, String path) {
    String[] wanted = template.split("/", -1);
    String[] given =
        (path.endsWith("/") ? path.substring(0, path.length() - 1) : path).split("/", -1);
    if (wanted.length != given.length) {
      return null;
    }
    List<String> values = new ArrayList<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith("{")) {
        values.add(given[i]);
      } else if (!wanted[i].equals(given[i])) {
        return null;
      }
    }
    return values;
  }

  private ObjectNode body(Question question) {
    if (question.body().isEmpty()) {
      return json.createObjectNode();
    }
    if (question.path().equals(PREFIX + "/trust")) {
      return json.createObjectNode().put("pem", question.body());
    }
    try {
      if (json.readTree(question.body()) instanceof ObjectNode body) {
        return body;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("The body is not JSON", e);
    }
    throw new IllegalArgumentException("The body is not a JSON object");
  }

  private Answer reply(int status, JsonNode body) {
    return new Answer(status, Answer.JSON, json.writeValueAsString(body), null, null);
  }

  private ObjectNode problem(String message) {
    return json.createObjectNode().put("error", message);
  }

  // Libraries

  private ObjectNode overview() {
    ObjectNode body = json.createObjectNode();
    body.put("now", apple.get().now().toString());
    ArrayNode libraries = body.putArray("libraries");
    apple.get().libraries().forEach(library -> libraries.add(describe(library)));
    Apple.Rules rules = apple.get().rules();
    ObjectNode described = body.putObject("rules");
    described.put("pageSize", rules.pageSize());
    described.put("maxRequestPerSecond", rules.limits().maxRequestPerSecond());
    described.put("eventPace", rules.pace().toString());
    described.put("garbageTokenStatus", rules.garbageTokenStatus());
    body.set("faults", faults());
    return body;
  }

  private ObjectNode describe(Library library) {
    ObjectNode body = json.createObjectNode();
    Library.Profile profile = library.profile();
    body.put("uId", profile.uId());
    body.put("organisation", profile.organisation());
    body.put("location", profile.location());
    body.put("country", profile.country());
    body.put("education", profile.education());
    body.put("domain", profile.domain());
    Library.Counts counts = library.counts();
    body.put("assets", counts.assets());
    body.put("assignments", counts.assignments());
    body.put("users", counts.users());
    body.put("activeUsers", counts.activeUsers());
    body.put("pendingEvents", counts.pendingEvents());
    ClientConfig config = library.config();
    MdmInfo owner = config.mdmInfo();
    if (owner != null) {
      ObjectNode info = body.putObject("owner");
      info.put("id", owner.id());
      info.put("name", owner.name());
      info.put("metadata", owner.metadata());
    }
    if (config.notificationUrl() != null) {
      body.put("notificationUrl", config.notificationUrl());
    }
    ArrayNode tokens = body.putArray("tokens");
    for (ContentToken token : apple.get().tokens().of(profile.uId())) {
      ObjectNode entry = tokens.addObject();
      entry.put("expires", token.expires().toString());
      entry.put("revoked", token.revoked());
      entry.put("readOnly", token.readOnly());
    }
    return body;
  }

  private Library library(List<String> path) {
    return administration.library(path.getFirst());
  }

  private ObjectNode createLibrary(Instruction body) {
    String uId =
        administration.createLibrary(
            new Administration.NewLibrary(
                body.text("organisation", "Example Organisation"),
                body.text("location", "Example Location"),
                body.text("country", "US"),
                body.flag("education"),
                body.text("domain", "example.org")));
    fill(uId, body);
    return json.createObjectNode()
        .put("uId", uId)
        .put("contentToken", administration.issueToken(uId));
  }

  private ObjectNode issueToken(List<String> path, Instruction body) {
    Instant inAYear =
        apple.get().now().atOffset(ZoneOffset.UTC).plus(Period.ofYears(1)).toInstant();
    return json.createObjectNode()
        .put(
            "contentToken",
            administration.issueToken(
                path.getFirst(), body.instant("expires", inAYear), body.flag("readOnly")));
  }

  private ObjectNode addAssets(List<String> path, Instruction body) {
    fill(path.getFirst(), body);
    if (body.has("adamId")) {
      String adamId = body.text("adamId", "");
      administration.addApp(
          path.getFirst(),
          new Administration.NewApp(
              adamId,
              body.text("name", "App " + adamId),
              body.text("bundleId", "com.example.app" + adamId),
              body.text("platform", "iOS"),
              body.number("total", 10)));
    }
    return describe(library(path));
  }

  private void fill(String uId, Instruction body) {
    if (body.flag("shelf")) {
      administration.addShelf(uId);
    }
    int count = body.number("generated", 0);
    if (count > 0) {
      administration.addGenerated(uId, count);
    }
  }

  private @Nullable JsonNode changeTotal(List<String> path, Instruction body) {
    administration.changeTotal(path.getFirst(), path.getLast(), body.number("delta", 0));
    return null;
  }

  private @Nullable JsonNode removeAsset(List<String> path, Instruction body) {
    administration.removeAsset(path.getFirst(), path.getLast());
    return null;
  }

  private @Nullable JsonNode takeOver(List<String> path, Instruction body) {
    administration.takeOver(path.getFirst(), owner(body));
    return null;
  }

  private static MdmInfo owner(Instruction body) {
    return new MdmInfo(
        body.text("id", "another-service"),
        body.text("name", "Another service"),
        body.text("metadata", "1"));
  }

  private @Nullable JsonNode accept(List<String> path, Instruction body) {
    administration.acceptInvitation(path.getFirst(), path.getLast());
    return null;
  }

  private ObjectNode invitation(Question question) {
    String code = String.valueOf(question.query().get("inviteCode"));
    for (Library library : apple.get().libraries()) {
      String clientUserId = library.invited(code).orElse(null);
      if (clientUserId != null) {
        administration.acceptInvitation(library.uId(), clientUserId);
        return json.createObjectNode().put("accepted", clientUserId);
      }
    }
    throw new IllegalArgumentException("No active user has this invitation");
  }

  private @Nullable JsonNode failTasks(List<String> path, Instruction body) {
    administration.failTasks(
        path.getFirst(),
        body.text("adamId"),
        body.text("clientUserId"),
        body.text("serialNumber"),
        body.number("errorNumber", 9603),
        body.number("times", -1));
    return null;
  }

  private @Nullable JsonNode finishEvents(List<String> path, Instruction body) {
    administration.finishEvents(path.getFirst());
    return null;
  }

  private @Nullable JsonNode delivery(List<String> path, Instruction body) {
    administration.delivery(
        path.getFirst(), body.flag("duplicate"), body.number("lose", 0), body.flag("reversed"));
    return null;
  }

  private ObjectNode fire(List<String> path, Instruction body) {
    JsonNode notification = body.anything("notification");
    ArrayNode statuses = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < Math.max(1, body.number("repeat", 1)); i++) {
      statuses.add(
          administration.fireNotification(
              path.getFirst(),
              body.text("type", Notice.TEST),
              notification == null ? json.createObjectNode() : notification,
              body.text("notificationId")));
    }
    return json.createObjectNode().set("statuses", statuses);
  }

  // Tokens, rules, clock

  private @Nullable JsonNode revoke(List<String> path, Instruction body) {
    administration.revokeToken(body.text("contentToken", ""));
    return null;
  }

  private @Nullable JsonNode expire(List<String> path, Instruction body) {
    administration.expireToken(body.text("contentToken", ""));
    return null;
  }

  private @Nullable JsonNode rule(List<String> path, Instruction body) {
    Apple.Rules old = apple.get().rules();
    // Read whole before anything of it holds.
    int pageSize = body.number("pageSize", old.pageSize());
    int garbage = body.number("garbageTokenStatus", old.garbageTokenStatus());
    Limits limits = limits(old.limits(), body.inside("limits", LIMITS));
    EventPace pace =
        body.has("eventPace")
            ? pace(body.inside("eventPace", List.of("after", "polls", "held")))
            : old.pace();
    administration.pageSize(pageSize);
    administration.garbageTokenStatus(garbage);
    administration.limits(limits);
    administration.pace(pace);
    return null;
  }

  private static Limits limits(Limits old, Instruction body) {
    return new Limits(
        body.number("maxAssets", old.maxAssets()),
        body.number("maxUsers", old.maxUsers()),
        body.number("maxNotificationLength", old.maxNotificationLength()),
        body.number("maxRevokeClientUserIds", old.maxRevokeClientUserIds()),
        body.number("maxClientUserIds", old.maxClientUserIds()),
        body.number("maxSerialNumbers", old.maxSerialNumbers()),
        body.number("maxRevokeSerialNumbers", old.maxRevokeSerialNumbers()),
        body.number("maxRequestPerSecond", old.maxRequestPerSecond()));
  }

  private static EventPace pace(Instruction body) {
    if (body.flag("held")) {
      return new EventPace.Held();
    }
    Integer polls = body.number("polls");
    return polls == null ? new EventPace.After(body.duration("after")) : new EventPace.Polls(polls);
  }

  private @Nullable JsonNode advance(List<String> path, Instruction body) {
    administration.advanceClock(body.duration("advance"));
    return null;
  }

  // Faults

  private ArrayNode faults() {
    ArrayNode list = json.createArrayNode();
    apple.get().faults().list().forEach(fault -> list.add(fault.toString()));
    return list;
  }

  private @Nullable JsonNode addFault(List<String> path, Instruction body) {
    String operation = body.text("operation");
    if (operation != null && !Operation.names().contains(operation)) {
      throw new IllegalArgumentException(
          "There is no operation '%s'; there are: %s"
              .formatted(operation, String.join(", ", Operation.names())));
    }
    Fault.Match match =
        new Fault.Match(
            operation,
            body.text("library"),
            body.number("pageIndex"),
            body.number("skip", 0),
            body.number("times", -1));
    administration.addFault(new Fault(match, effect(body)));
    return null;
  }

  private static Fault.Effect effect(Instruction body) {
    String retryAfter = body.text("retryAfter");
    return switch (body.text("effect", "")) {
      case "refuse" ->
          new Fault.Refuse(body.number("number", 9603), body.number("status"), retryAfter);
      case "replace" ->
          new Fault.Replace(
              body.number("status", 200),
              body.text("contentType", "text/html"),
              body.text("body", ""),
              retryAfter);
      case "garbage" -> Fault.Replace.garbage();
      case "delay" -> new Fault.Delay(body.duration("duration"));
      case "drip" -> new Fault.Drip(body.duration("pause"));
      case "halfBody" -> new Fault.HalfBody();
      case "reset" -> new Fault.Reset();
      case "resetAfterWork" -> new Fault.ResetAfterWork();
      case "takeOver" -> new Fault.TakeOver(owner(body.inside("owner", OWNER)));
      case "grow" -> new Fault.Grow(body.number("assets", 1));
      default ->
          throw new IllegalArgumentException(
              "effect must be refuse, replace, garbage, delay, drip, halfBody, reset,"
                  + " resetAfterWork, takeOver or grow");
    };
  }

  private @Nullable JsonNode clearFaults(List<String> path, Instruction body) {
    administration.clearFaults();
    return null;
  }

  private @Nullable JsonNode trust(List<String> path, Instruction body) {
    administration.trust(body.text("pem", ""));
    return null;
  }

  private @Nullable JsonNode down(List<String> path, Instruction body) {
    switches.down().accept(body.duration("duration"));
    return null;
  }

  private @Nullable JsonNode reset(List<String> path, Instruction body) {
    switches.reset().run();
    return null;
  }

  // What happened

  private ObjectNode requests() {
    Administration.Requests requests = administration.requests();
    ObjectNode body = json.createObjectNode();
    body.put("total", requests.total());
    ObjectNode operations = body.putObject("operations");
    requests.operations().forEach(operations::put);
    ObjectNode errors = body.putObject("errors");
    requests.errors().forEach((number, count) -> errors.put(Integer.toString(number), count));
    ObjectNode peaks = body.putObject("parallelPeaks");
    requests.parallelPeaks().forEach(peaks::put);
    return body;
  }

  private ArrayNode log() {
    ArrayNode list = json.createArrayNode();
    for (RequestLog.Entry entry : apple.get().log().entries()) {
      ObjectNode one = list.addObject();
      one.put("at", entry.at().toString());
      one.put("method", entry.method());
      one.put("operation", entry.operation());
      one.put("query", entry.query());
      one.put("library", entry.library());
      one.put("status", entry.status());
      one.put("errorNumber", entry.errorNumber());
    }
    return list;
  }

  private @Nullable JsonNode clearRequests(List<String> path, Instruction body) {
    administration.clearRequests();
    return null;
  }

  private ArrayNode journal() {
    ArrayNode list = json.createArrayNode();
    for (Notifier.Sent sent : apple.get().notifier().journal()) {
      ObjectNode one = list.addObject();
      one.put("notificationId", sent.notificationId());
      one.put("notificationType", sent.type());
      one.put("uId", sent.uId());
      one.put("attempt", sent.attempt());
      one.put("status", sent.status());
    }
    return list;
  }
}
