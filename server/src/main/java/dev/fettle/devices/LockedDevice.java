package dev.fettle.devices;

/**
 * A device that another package locked together with a row of its own, by one statement.
 *
 * <p>Such a statement reads {@link #COLUMNS} of {@code devices_device d} and locks the device
 * before its own row, which is the order in which this package calls {@link DeviceUpdates}.
 */
public record LockedDevice(DeviceState state) {

  /** The columns to read; those of the statement's other tables need other names. */
  public static final String COLUMNS = DeviceStore.STATE_COLUMNS;
}
