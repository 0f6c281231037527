package dev.fettle.vpp.apple;

/**
 * A user or a device that holds a licence.
 *
 * @param id the client user id or the serial number
 */
public record LicenceHolder(Kind kind, String id) {

  /** Kinds of holder. */
  public enum Kind {
    /** A user, by the id that the management service gave. */
    USER,
    /** A device, by its serial number. */
    DEVICE
  }

  /** The user of that id. */
  public static LicenceHolder user(String id) {
    return new LicenceHolder(Kind.USER, id);
  }

  /** The device of that serial number. */
  public static LicenceHolder device(String serialNumber) {
    return new LicenceHolder(Kind.DEVICE, serialNumber);
  }
}
