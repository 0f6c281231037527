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
  PERMISSIONS_CHANGED,
  BOT_ADDED,
  REGISTRATION_CHANGED,
  MESSAGING_EXTENSION_ADDED,
  CALLING_ADDED,
  VIDEO_ADDED,
  FILES_ADDED,
  NOTIFICATION_ONLY_DROPPED,
  CAPABILITY_ADDED;

  /**
   * The kinds in which the second version has more than the first; none if it has the same or less.
   *
   * @param before what the installation was consented to
   * @param part what the second version requires in the installation's scope
   */
  static List<Widening> between(
      PermissionSet before, Capabilities from, PermissionSet part, Capabilities to) {
    List<Widening> more = new ArrayList<>();
    add(more, PERMISSIONS_CHANGED, !part.without(before).isEmpty());
    add(
        more,
        BOT_ADDED,
        !from.bots().containsAll(to.bots())
            || (to.has(Capabilities.BOT) && !from.has(Capabilities.BOT)));
    add(more, REGISTRATION_CHANGED, registration(from, part, to));
    add(
        more,
        MESSAGING_EXTENSION_ADDED,
        to.has(Capabilities.MESSAGING_EXTENSION) && !from.has(Capabilities.MESSAGING_EXTENSION));
    add(more, CALLING_ADDED, to.calling() && !from.calling());
    add(more, VIDEO_ADDED, to.video() && !from.video());
    add(more, FILES_ADDED, to.files() && !from.files());
    add(
        more,
        NOTIFICATION_ONLY_DROPPED,
        from.notificationOnly() && to.has(Capabilities.BOT) && !to.notificationOnly());
    add(
        more,
        CAPABILITY_ADDED,
        to.scopes().entrySet().stream().anyMatch(one -> further(from, one)));
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
