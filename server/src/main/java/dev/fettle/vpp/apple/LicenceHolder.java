package dev.fettle.vpp.apple;

/** A user or a device that holds a licence. */
public sealed interface LicenceHolder {
  /** The client user id or the serial number. */
  String id();

  /** The kind of holder as it is stored. */
  default String kind() {
    return this instanceof User ? "user" : "device";
  }

  /** The holder of a stored kind. */
  static LicenceHolder of(String kind, String id) {
    return kind.equals("user") ? new User(id) : new Device(id);
  }

  /** A user, by the id that the management service gave. */
  record User(String id) implements LicenceHolder {}

  /** A device, by its serial number. */
  record Device(String id) implements LicenceHolder {}
}
