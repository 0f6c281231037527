package dev.fettle.simulator.apple;

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
final class AdministrationApi {
  static final String PREFIX = "/stand-in";

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
  record Switches(Runnable reset, Consumer<Duration> down, @Nullable String certificate) {}

  @FunctionalInterface
  private interface Action {
    /** Answers with a document; null for 204. */
    @Nullable JsonNode run(List<String> path, ObjectNode body);
  }

  private record Route(String method, String template, Action action) {}

  AdministrationApi(Supplier<Apple> apple, Administration administration, Switches switches) {
    this.apple = apple;
    this.administration = administration;
    this.switches = switches;
    this.routes =
        List.of(
            new Route("GET", "", (_, _) -> overview()),
            new Route("POST", "/libraries", (_, body) -> createLibrary(body)),
            new Route("GET", "/libraries/{uId}", (path, _) -> describe(library(path))),
            new Route("POST", "/libraries/{uId}/tokens", this::issueToken),
            new Route("POST", "/libraries/{uId}/assets", this::addAssets),
            new Route("POST", "/libraries/{uId}/assets/{adamId}/total", this::changeTotal),
            new Route("DELETE", "/libraries/{uId}/assets/{adamId}", this::removeAsset),
            new Route("PUT", "/libraries/{uId}/owner", this::takeOver),
            new Route("POST", "/libraries/{uId}/users/{clientUserId}/accept", this::accept),
            new Route("POST", "/libraries/{uId}/task-faults", this::failTasks),
            new Route("POST", "/libraries/{uId}/events/finish", this::finishEvents),
            new Route("PUT", "/libraries/{uId}/delivery", this::delivery),
            new Route("POST", "/libraries/{uId}/notifications", this::fire),
            new Route("POST", "/tokens/revoke", this::revoke),
            new Route("POST", "/tokens/expire", this::expire),
            new Route("PATCH", "/rules", this::rule),
            new Route("POST", "/clock", this::advance),
            new Route("GET", "/faults", (_, _) -> faults()),
            new Route("POST", "/faults", this::addFault),
            new Route("DELETE", "/faults", this::clearFaults),
            new Route("GET", "/requests", (_, _) -> requests()),
            new Route("GET", "/requests/log", (_, _) -> log()),
            new Route("DELETE", "/requests", this::clearRequests),
            new Route("GET", "/notifications", (_, _) -> journal()),
            new Route("POST", "/trust", this::trust),
            new Route("POST", "/down", this::down),
            new Route("POST", "/reset", this::reset));
  }

  Answer answer(Question question) {
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
          JsonNode body = route.action().run(values, body(question));
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

  private ObjectNode createLibrary(ObjectNode body) {
    String uId =
        administration.createLibrary(
            new Administration.NewLibrary(
                text(body, "organisation", "Example Organisation"),
                text(body, "location", "Example Location"),
                text(body, "country", "US"),
                body.path("education").asBoolean(false),
                text(body, "domain", "example.org")));
    fill(uId, body);
    return json.createObjectNode()
        .put("uId", uId)
        .put("contentToken", administration.issueToken(uId));
  }

  private ObjectNode issueToken(List<String> path, ObjectNode body) {
    Instant inAYear =
        apple.get().now().atOffset(ZoneOffset.UTC).plus(Period.ofYears(1)).toInstant();
    Instant expires = body.has("expires") ? Instant.parse(text(body, "expires", "")) : inAYear;
    return json.createObjectNode()
        .put(
            "contentToken",
            administration.issueToken(
                path.getFirst(), expires, body.path("readOnly").asBoolean(false)));
  }

  private ObjectNode addAssets(List<String> path, ObjectNode body) {
    fill(path.getFirst(), body);
    if (body.has("adamId")) {
      String adamId = text(body, "adamId", "");
      administration.addApp(
          path.getFirst(),
          new Administration.NewApp(
              adamId,
              text(body, "name", "App " + adamId),
              text(body, "bundleId", "com.example.app" + adamId),
              text(body, "platform", "iOS"),
              body.path("total").asInt(10)));
    }
    return describe(library(path));
  }

  private void fill(String uId, ObjectNode body) {
    if (body.path("shelf").asBoolean(false)) {
      administration.addShelf(uId);
    }
    int count = body.path("generated").asInt(0);
    if (count > 0) {
      administration.addGenerated(uId, count);
    }
  }

  private @Nullable JsonNode changeTotal(List<String> path, ObjectNode body) {
    administration.changeTotal(path.getFirst(), path.getLast(), body.path("delta").asInt(0));
    return null;
  }

  private @Nullable JsonNode removeAsset(List<String> path, ObjectNode body) {
    administration.removeAsset(path.getFirst(), path.getLast());
    return null;
  }

  private @Nullable JsonNode takeOver(List<String> path, ObjectNode body) {
    administration.takeOver(path.getFirst(), owner(body));
    return null;
  }

  private static MdmInfo owner(JsonNode body) {
    return new MdmInfo(
        text(body, "id", "another-service"),
        text(body, "name", "Another service"),
        text(body, "metadata", "1"));
  }

  private @Nullable JsonNode accept(List<String> path, ObjectNode body) {
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

  private @Nullable JsonNode failTasks(List<String> path, ObjectNode body) {
    administration.failTasks(
        path.getFirst(),
        body.path("adamId").stringValue(null),
        body.path("clientUserId").stringValue(null),
        body.path("serialNumber").stringValue(null),
        body.path("errorNumber").asInt(9603),
        body.path("times").asInt(-1));
    return null;
  }

  private @Nullable JsonNode finishEvents(List<String> path, ObjectNode body) {
    administration.finishEvents(path.getFirst());
    return null;
  }

  private @Nullable JsonNode delivery(List<String> path, ObjectNode body) {
    administration.delivery(
        path.getFirst(),
        body.path("duplicate").asBoolean(false),
        body.path("lose").asInt(0),
        body.path("reversed").asBoolean(false));
    return null;
  }

  private ObjectNode fire(List<String> path, ObjectNode body) {
    JsonNode notification = body.path("notification");
    ArrayNode statuses = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < Math.max(1, body.path("repeat").asInt(1)); i++) {
      statuses.add(
          administration.fireNotification(
              path.getFirst(),
              text(body, "type", Notice.TEST),
              notification.isMissingNode() ? json.createObjectNode() : notification,
              body.path("notificationId").stringValue(null)));
    }
    return json.createObjectNode().set("statuses", statuses);
  }

  // Tokens, rules, clock

  private @Nullable JsonNode revoke(List<String> path, ObjectNode body) {
    administration.revokeToken(text(body, "contentToken", ""));
    return null;
  }

  private @Nullable JsonNode expire(List<String> path, ObjectNode body) {
    administration.expireToken(text(body, "contentToken", ""));
    return null;
  }

  private @Nullable JsonNode rule(List<String> path, ObjectNode body) {
    if (body.has("pageSize")) {
      administration.pageSize(body.path("pageSize").asInt(999));
    }
    if (body.has("garbageTokenStatus")) {
      administration.garbageTokenStatus(body.path("garbageTokenStatus").asInt(200));
    }
    if (body.path("limits") instanceof ObjectNode limits) {
      administration.limits(limits(limits));
    }
    if (body.path("eventPace") instanceof ObjectNode pace) {
      administration.pace(pace(pace));
    }
    return null;
  }

  private Limits limits(ObjectNode body) {
    Limits old = apple.get().rules().limits();
    return new Limits(
        body.path("maxAssets").asInt(old.maxAssets()),
        body.path("maxUsers").asInt(old.maxUsers()),
        body.path("maxNotificationLength").asInt(old.maxNotificationLength()),
        body.path("maxRevokeClientUserIds").asInt(old.maxRevokeClientUserIds()),
        body.path("maxClientUserIds").asInt(old.maxClientUserIds()),
        body.path("maxSerialNumbers").asInt(old.maxSerialNumbers()),
        body.path("maxRevokeSerialNumbers").asInt(old.maxRevokeSerialNumbers()),
        body.path("maxRequestPerSecond").asInt(old.maxRequestPerSecond()));
  }

  private static EventPace pace(ObjectNode body) {
    if (body.path("held").asBoolean(false)) {
      return new EventPace.Held();
    }
    if (body.has("polls")) {
      return new EventPace.Polls(body.path("polls").asInt(1));
    }
    return new EventPace.After(duration(body, "after"));
  }

  private @Nullable JsonNode advance(List<String> path, ObjectNode body) {
    administration.advanceClock(duration(body, "advance"));
    return null;
  }

  // Faults

  private ArrayNode faults() {
    ArrayNode list = json.createArrayNode();
    apple.get().faults().list().forEach(fault -> list.add(fault.toString()));
    return list;
  }

  private @Nullable JsonNode addFault(List<String> path, ObjectNode body) {
    JsonNode page = body.path("pageIndex");
    Fault.Match match =
        new Fault.Match(
            body.path("operation").stringValue(null),
            body.path("library").stringValue(null),
            page.isNumber() ? (Integer) page.intValue() : null,
            body.path("skip").asInt(0),
            body.path("times").asInt(-1));
    administration.addFault(new Fault(match, effect(body)));
    return null;
  }

  private static Fault.Effect effect(ObjectNode body) {
    JsonNode status = body.path("status");
    String retryAfter = body.path("retryAfter").stringValue(null);
    String name = text(body, "effect", "");
    return switch (name) {
      case "refuse" ->
          new Fault.Refuse(
              body.path("number").asInt(9603),
              status.isNumber() ? (Integer) status.intValue() : null,
              retryAfter);
      case "replace" ->
          new Fault.Replace(
              status.asInt(200),
              text(body, "contentType", "text/html"),
              text(body, "body", ""),
              retryAfter);
      case "garbage" -> Fault.Replace.garbage();
      case "delay" -> new Fault.Delay(duration(body, "duration"));
      case "drip" -> new Fault.Drip(duration(body, "pause"));
      case "halfBody" -> new Fault.HalfBody();
      case "reset" -> new Fault.Reset();
      case "resetAfterWork" -> new Fault.ResetAfterWork();
      case "takeOver" -> new Fault.TakeOver(owner(body.path("owner")));
      case "grow" -> new Fault.Grow(body.path("assets").asInt(1));
      default ->
          throw new IllegalArgumentException(
              "effect must be refuse, replace, garbage, delay, drip, halfBody, reset,"
                  + " resetAfterWork, takeOver or grow");
    };
  }

  private @Nullable JsonNode clearFaults(List<String> path, ObjectNode body) {
    administration.clearFaults();
    return null;
  }

  private @Nullable JsonNode trust(List<String> path, ObjectNode body) {
    administration.trust(text(body, "pem", ""));
    return null;
  }

  private @Nullable JsonNode down(List<String> path, ObjectNode body) {
    switches.down().accept(duration(body, "duration"));
    return null;
  }

  private @Nullable JsonNode reset(List<String> path, ObjectNode body) {
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

  private @Nullable JsonNode clearRequests(List<String> path, ObjectNode body) {
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

  // Bodies

  private static String text(JsonNode body, String name, String otherwise) {
    String value = body.path(name).stringValue(otherwise);
    return value == null ? otherwise : value;
  }

  private static Duration duration(JsonNode body, String name) {
    return Duration.parse(text(body, name, ""));
  }
}
