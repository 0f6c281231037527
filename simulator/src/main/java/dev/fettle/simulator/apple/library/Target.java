package dev.fettle.simulator.apple.library;

/** Who holds a licence: a device or a user, never both. */
public sealed interface Target {
  /** A device, by its serial number. */
  record Device(String serialNumber) implements Target {}

  /** A user, by the id that the client gave it. */
  record Person(String clientUserId) implements Target {}
}
