package dev.fettle.devices;

import dev.fettle.base.EnumNames;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The rules for the condition of a device and the freshness of its software, from its reports. */
final class HealthRules {

  /** The condition of a device as far as it can be asked. */
  enum Condition {
    UNKNOWN,
    CRITICAL,
    NON_URGENT,
    HEALTHY;

    /** The member's name in the schema. */
    String word() {
      return EnumNames.of(this);
    }
  }

  /** The age of software beside the newest that fits. */
  enum Freshness {
    UNKNOWN,
    LATEST,
    UPDATE_AVAILABLE;

    /** The member's name in the schema. */
    String word() {
      return EnumNames.of(this);
    }
  }

  /**
   * A camera, a microphone, a display and so on.
   *
   * @param optional whether the device can do without it; required if it was not said
   * @param missing whether it was said to be disconnected
   */
  record Peripheral(boolean optional, boolean missing) {}

  private HealthRules() {}

  /**
   * The condition of a device: critical if something required is missing, not urgent if something
   * optional is missing or an update is there, healthy else. Unknown until it has reported
   * anything.
   */
  static Condition condition(
      boolean reported, Collection<Peripheral> peripherals, boolean updateAvailable) {
    if (peripherals.stream().anyMatch(p -> p.missing() && !p.optional())) {
      return Condition.CRITICAL;
    }
    if (updateAvailable || peripherals.stream().anyMatch(Peripheral::missing)) {
      return Condition.NON_URGENT;
    }
    return reported ? Condition.HEALTHY : Condition.UNKNOWN;
  }

  /** The freshness of software, from the version that runs and the newest one that fits. */
  static Freshness freshness(@Nullable String current, @Nullable String available) {
    if (current == null) {
      return Freshness.UNKNOWN;
    }
    if (available == null) {
      return Freshness.LATEST;
    }
    return SoftwareVersion.of(available).isNewerThan(SoftwareVersion.of(current))
        ? Freshness.UPDATE_AVAILABLE
        : Freshness.LATEST;
  }
}
