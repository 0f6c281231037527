package dev.fettle.simulator.apple.api;

import dev.fettle.simulator.apple.library.AppleError;
import dev.fettle.simulator.apple.library.AppleRefusal.Culprits;
import dev.fettle.simulator.apple.library.AssetId;
import dev.fettle.simulator.apple.library.Event;
import dev.fettle.simulator.apple.library.Target;
import dev.fettle.simulator.apple.library.Task;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The error object, which is the same for a refused request and for the failures of an event. */
final class Errors {
  private Errors() {}

  static void describe(ObjectNode body, int number, String message, Culprits culprits) {
    if (!culprits.isEmpty()) {
      ObjectNode info = body.putObject("errorInfo");
      if (!culprits.assets().isEmpty()) {
        ArrayNode assets = info.putArray("assets");
        for (AssetId id : culprits.assets()) {
          assets.addObject().put("adamId", id.adamId()).put("pricingParam", id.pricingParam());
        }
      }
      if (!culprits.clientUserIds().isEmpty()) {
        ArrayNode users = info.putArray("clientUserIds");
        culprits.clientUserIds().forEach(users::add);
      }
      if (!culprits.serialNumbers().isEmpty()) {
        ArrayNode serials = info.putArray("serialNumbers");
        culprits.serialNumbers().forEach(serials::add);
      }
    }
    body.put("errorMessage", message);
    body.put("errorNumber", number);
  }

  /** One entry for each error number, with all that it befell. */
  static void failures(ArrayNode list, List<Event.Failure> failures) {
    for (AppleError error : failures.stream().map(Event.Failure::error).distinct().toList()) {
      Set<AssetId> assets = new LinkedHashSet<>();
      Set<String> users = new LinkedHashSet<>();
      Set<String> serials = new LinkedHashSet<>();
      BiConsumer<AssetId, Target> licence =
          (asset, target) -> {
            assets.add(asset);
            switch (target) {
              case Target.Device(String serial) -> serials.add(serial);
              case Target.Person(String user) -> users.add(user);
            }
          };
      for (Event.Failure failure : failures) {
        if (failure.error() == error) {
          switch (failure.task()) {
            case Task.Associate(AssetId asset, Target target) -> licence.accept(asset, target);
            case Task.Disassociate(AssetId asset, Target target) -> licence.accept(asset, target);
            case Task.Create(Task.UserEntry user) -> users.add(user.clientUserId());
            case Task.Update(Task.UserEntry user) -> users.add(user.clientUserId());
            case Task.Retire(Task.UserEntry user) -> users.add(user.clientUserId());
          }
        }
      }
      // In Apple's own example a missing user is blamed alone, not the asset it was meant to get.
      List<AssetId> blamed =
          error == AppleError.REGISTERED_USER_NOT_FOUND ? List.of() : List.copyOf(assets);
      describe(
          list.addObject(),
          error.number(),
          error.message(),
          new Culprits(blamed, List.copyOf(users), List.copyOf(serials)));
    }
  }
}
