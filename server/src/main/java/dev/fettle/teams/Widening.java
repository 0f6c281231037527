package dev.fettle.teams;

import dev.fettle.teams.packages.Capabilities;
import dev.fettle.teams.packages.PermissionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Kinds of changes between two versions for which users are asked again, so that no installation
 * follows by itself.
 */
enum Widening {
  PERMISSIONS("permissionsChanged"),
  BOT("botAdded"),
  REGISTRATION("registrationChanged"),
  MESSAGING_EXTENSION("messagingExtensionAdded"),
  CALLING("callingAdded"),
  VIDEO("videoAdded"),
  FILES("filesAdded"),
  NOTIFICATION_ONLY("notificationOnlyDropped"),
  CAPABILITY("capabilityAdded");

  private final String wire;

  Widening(String wire) {
    this.wire = wire;
  }

  /** The name in the list of pending upgrades. */
  String wire() {
    return wire;
  }

  /**
   * What the second version has more than the first; nothing if it has the same or less.
   *
   * @param before what the installation was consented to
   * @param part what the second version requires in the installation's scope
   */
  static List<Widening> between(
      PermissionSet before, Capabilities from, PermissionSet part, Capabilities to) {
    List<Widening> more = new ArrayList<>();
    add(more, PERMISSIONS, !part.without(before).isEmpty());
    add(
        more,
        BOT,
        !from.bots().containsAll(to.bots())
            || (to.has(Capabilities.BOT) && !from.has(Capabilities.BOT)));
    add(more, REGISTRATION, registration(from, part, to));
    add(
        more,
        MESSAGING_EXTENSION,
        to.has(Capabilities.MESSAGING_EXTENSION) && !from.has(Capabilities.MESSAGING_EXTENSION));
    add(more, CALLING, to.calling() && !from.calling());
    add(more, VIDEO, to.video() && !from.video());
    add(more, FILES, to.files() && !from.files());
    add(
        more,
        NOTIFICATION_ONLY,
        from.notificationOnly() && to.has(Capabilities.BOT) && !to.notificationOnly());
    add(more, CAPABILITY, to.scopes().entrySet().stream().anyMatch(one -> further(from, one)));
    return more;
  }

  /** A registration that goes is less, unless the app keeps permissions, which another one gets. */
  private static boolean registration(Capabilities from, PermissionSet part, Capabilities to) {
    return to.registration() == null
        ? from.registration() != null && !part.application().isEmpty()
        : !Objects.equals(to.registration(), from.registration());
  }

  /** A new bot or extension has a name of its own; a scope that is new to it has not. */
  private static boolean further(Capabilities from, Map.Entry<String, Set<String>> capability) {
    Set<String> known = from.scopes().get(capability.getKey());
    boolean named =
        capability.getKey().equals(Capabilities.BOT)
            || capability.getKey().equals(Capabilities.MESSAGING_EXTENSION);
    return known == null ? !named : !known.containsAll(capability.getValue());
  }

  private static void add(List<Widening> more, Widening one, boolean is) {
    if (is) {
      more.add(one);
    }
  }
}
