package dev.fettle.vpp.apple;

/** Who holds a licence. */
public sealed interface Target {
  /** The client user id or the serial number. */
  String id();

  /** A user, by the id that the management service gave. */
  record User(String id) implements Target {}

  /** A device, by its serial number. */
  record Device(String id) implements Target {}
}
