package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.AppleRefusal;
import dev.fettle.simulator.apple.library.AppleRefusal.Culprits;
import dev.fettle.simulator.apple.library.Asset;
import dev.fettle.simulator.apple.library.AssetId;
import dev.fettle.simulator.apple.library.Event;
import dev.fettle.simulator.apple.library.Library;
import dev.fettle.simulator.apple.library.Target;
import dev.fettle.simulator.apple.library.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests that change something: each is checked whole, answered with an event, and worked on
 * later; and the status of those events.
 */
final class Writes {
  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  private final Apple apple;

  Writes(Apple apple) {
    this.apple = apple;
  }

  ObjectNode manage(Question question, Library library, Event.Type type) {
    ObjectNode body = Bodies.body(apple.json(), question);
    Limits limits = apple.rules().limits();
    List<AssetId> assets = Bodies.assetIds(body);
    if (assets.isEmpty()) {
      throw new AppleRefusal(AppleError.ASSETS_MISSING);
    }
    if (assets.size() > limits.maxAssets()) {
      throw new AppleRefusal(AppleError.TOO_MANY_ASSETS);
    }
    Bodies.refuseRepeated(assets, AppleError.DUPLICATE_ASSETS, Culprits::assets);
    List<Target> targets =
        Bodies.targets(body, limits.maxClientUserIds(), limits.maxSerialNumbers());
    for (AssetId id : assets) {
      // Nobody documents what an asset of another library answers; it is an argument that is wrong.
      Asset asset =
          library
              .asset(id)
              .orElseThrow(
                  () ->
                      new AppleRefusal(AppleError.INVALID_ARGUMENT, Culprits.assets(List.of(id))));
      boolean devices = targets.stream().anyMatch(Target.Device.class::isInstance);
      if (type == Event.Type.ASSOCIATE && devices && !asset.deviceAssignable()) {
        throw new AppleRefusal(AppleError.NOT_DEVICE_ASSIGNABLE, Culprits.assets(List.of(id)));
      }
      if (type == Event.Type.DISASSOCIATE && !asset.revocable()) {
        throw new AppleRefusal(AppleError.NOT_REVOCABLE, Culprits.assets(List.of(id)));
      }
    }
    List<Task> tasks = new ArrayList<>(assets.size() * targets.size());
    for (AssetId asset : assets) {
      for (Target target : targets) {
        tasks.add(
            type == Event.Type.ASSOCIATE
                ? new Task.Associate(asset, target)
                : new Task.Disassociate(asset, target));
      }
    }
    return begun(library, library.start(type, tasks, apple.rules().pace()));
  }

  ObjectNode revoke(Question question, Library library) {
    Limits limits = apple.rules().limits();
    List<Target> targets =
        Bodies.targets(
            Bodies.body(apple.json(), question),
            limits.maxRevokeClientUserIds(),
            limits.maxRevokeSerialNumbers());
    return begun(library, library.startRevoke(targets, apple.rules().pace()));
  }

  ObjectNode manageUsers(Question question, Library library, Event.Type type) {
    JsonNode given = Bodies.body(apple.json(), question).path("users");
    if (!given.isArray() || given.isEmpty()) {
      throw new AppleRefusal(AppleError.USERS_MISSING);
    }
    if (given.size() > apple.rules().limits().maxUsers()) {
      throw new AppleRefusal(AppleError.TOO_MANY_USERS);
    }
    List<String> ids = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    for (JsonNode one : given) {
      Task.UserEntry entry =
          new Task.UserEntry(
              Bodies.required(one, "clientUserId"),
              Bodies.text(one, "email"),
              Bodies.text(one, "managedAppleId"));
      if (entry.email() != null && !EMAIL.matcher(entry.email()).matches()) {
        throw new AppleRefusal(
            AppleError.INVALID_EMAIL, Culprits.clientUserIds(List.of(entry.clientUserId())));
      }
      ids.add(entry.clientUserId());
      tasks.add(
          switch (type) {
            case CREATE -> new Task.Create(entry);
            case UPDATE -> new Task.Update(entry);
            case RETIRE -> new Task.Retire(entry);
            case ASSOCIATE, DISASSOCIATE, REVOKE ->
                throw new IllegalStateException("not about users: " + type);
          });
    }
    Bodies.refuseRepeated(ids, AppleError.DUPLICATE_USERS, Culprits::clientUserIds);
    return begun(library, library.start(type, tasks, apple.rules().pace()));
  }

  private ObjectNode begun(Library library, Event event) {
    apple.run(library, event);
    ObjectNode body = apple.json().createObjectNode();
    body.put("eventId", event.id());
    return body;
  }

  ObjectNode status(Question question, Library library) {
    String eventId = question.text("eventId");
    if (eventId == null) {
      throw new AppleRefusal(AppleError.UNKNOWN_EVENT);
    }
    Library.Polled polled = library.poll(eventId);
    apple.notifier().send(library, polled.notices());
    Event.Progress progress = polled.progress();
    ObjectNode body = apple.json().createObjectNode();
    body.put("eventStatus", progress.state().name());
    body.put("eventType", progress.type().name());
    if (!progress.failures().isEmpty()) {
      Errors.failures(body.putArray("failures"), progress.failures());
    }
    body.put("numCompleted", progress.completed());
    body.put("numRequested", progress.requested());
    return body;
  }
}
