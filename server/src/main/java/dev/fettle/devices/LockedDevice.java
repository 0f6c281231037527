package dev.fettle.devices;

import dev.fettle.db.Row;

/**
 * A device that a room above locked together with a row of its own, by one statement.
 *
 * <p>Such a statement reads {@link #COLUMNS} of {@code devices_device d} and locks the device
 * before its own row, which is the order in which this room calls {@link DeviceEvents}.
 */
public final class LockedDevice {

  /** The columns to read; those of the statement's other tables need other names. */
  public static final String COLUMNS = DeviceStore.STATE_COLUMNS;

  private final DeviceState state;

  private LockedDevice(DeviceState state) {
    this.state = state;
  }

  /** The device of a row. */
  public static LockedDevice of(Row row) {
    return new LockedDevice(DeviceStore.state(row));
  }

  DeviceState state() {
    return state;
  }
}
