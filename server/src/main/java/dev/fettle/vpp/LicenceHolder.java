package dev.fettle.vpp;

import dev.fettle.vpp.apple.Target;

/** In whose hands a licence is, as it is stored: the kind of holder, beside its id. */
final class LicenceHolder {

  private LicenceHolder() {}

  /** The kind of a holder. */
  static String kind(Target target) {
    return switch (target) {
      case Target.User ignored -> "user";
      case Target.Device ignored -> "device";
    };
  }

  /** The holder of that kind. */
  static Target target(String kind, String id) {
    return kind.equals("user") ? new Target.User(id) : new Target.Device(id);
  }
}
