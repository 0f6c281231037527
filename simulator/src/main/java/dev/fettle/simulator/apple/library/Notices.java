package dev.fettle.simulator.apple.library;

import dev.fettle.simulator.apple.library.Library.Outcome;
import dev.fettle.simulator.apple.library.Library.TaskFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The notifications that follow from worked tasks: one error and at most 100 elements in each. */
public final class Notices {
  private static final int BATCH = 100;

  private Notices() {}

  static List<Notice> of(Event event, List<Outcome> outcomes) {
    Map<Optional<AppleError>, List<Task>> byResult = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      byResult
          .computeIfAbsent(Optional.ofNullable(outcome.error()), _ -> new ArrayList<>())
          .add(outcome.task());
    }
    List<Notice> notices = new ArrayList<>();
    byResult.forEach(
        (error, tasks) -> {
          for (int from = 0; from < tasks.size(); from += BATCH) {
            List<Task> batch = tasks.subList(from, Math.min(tasks.size(), from + BATCH));
            notices.add(notice(event, error.orElse(null), batch));
          }
        });
    return notices;
  }

  private static Notice notice(Event event, @Nullable AppleError error, List<Task> batch) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    boolean users = event.type().aboutUsers();
    ArrayNode elements = body.putArray(users ? "users" : "assignments");
    for (Task task : batch) {
      describe(elements.addObject(), task);
    }
    if (error != null) {
      ObjectNode detail = body.putObject("error");
      detail.put("errorMessage", error.message());
      detail.put("errorNumber", error.number());
    }
    body.put("eventId", event.id());
    body.put("result", error == null ? "SUCCESS" : "FAILURE");
    body.put("type", event.type().name());
    return new Notice(users ? Notice.USER_MANAGEMENT : Notice.ASSET_MANAGEMENT, body);
  }

  private static void describe(ObjectNode element, Task task) {
    switch (task) {
      case Task.Associate(AssetId asset, Target target) -> licence(element, asset, target);
      case Task.Disassociate(AssetId asset, Target target) -> licence(element, asset, target);
      case Task.Create(Task.UserEntry user) -> user(element, user);
      case Task.Update(Task.UserEntry user) -> user(element, user);
      case Task.Retire(Task.UserEntry user) -> user(element, user);
    }
  }

  /** An assignment's members, which have either a serial number or a user. */
  public static void licence(ObjectNode element, AssetId asset, Target target) {
    element.put("adamId", asset.adamId());
    switch (target) {
      case Target.Device(String serialNumber) -> element.put("serialNumber", serialNumber);
      case Target.Person(String clientUserId) -> element.put("clientUserId", clientUserId);
    }
    element.put("pricingParam", asset.pricingParam());
  }

  private static void user(ObjectNode element, Task.UserEntry user) {
    element.put("clientUserId", user.clientUserId());
    if (user.email() != null) {
      element.put("email", user.email());
    }
    if (user.managedAppleId() != null) {
      element.put("managedAppleId", user.managedAppleId());
    }
  }

  static boolean concerns(TaskFault fault, Task task) {
    return switch (task) {
      case Task.Associate(AssetId asset, Target target) -> concerns(fault, asset, target);
      case Task.Disassociate(AssetId asset, Target target) -> concerns(fault, asset, target);
      case Task.Create(Task.UserEntry user) -> concerns(fault, user);
      case Task.Update(Task.UserEntry user) -> concerns(fault, user);
      case Task.Retire(Task.UserEntry user) -> concerns(fault, user);
    };
  }

  private static boolean concerns(TaskFault fault, AssetId asset, Target target) {
    boolean sameAsset = fault.adamId() == null || fault.adamId().equals(asset.adamId());
    return sameAsset
        && switch (target) {
          case Target.Device(String serial) ->
              fault.clientUserId() == null
                  && (fault.serialNumber() == null || fault.serialNumber().equals(serial));
          case Target.Person(String user) ->
              fault.serialNumber() == null
                  && (fault.clientUserId() == null || fault.clientUserId().equals(user));
        };
  }

  private static boolean concerns(TaskFault fault, Task.UserEntry user) {
    return fault.adamId() == null
        && fault.serialNumber() == null
        && (fault.clientUserId() == null || fault.clientUserId().equals(user.clientUserId()));
  }
}
