package dev.fettle.devices;

import dev.fettle.identity.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Devices that are enrolled for a test. */
public final class DeviceFixture {

  private DeviceFixture() {}

  /** Enrols a device and answers its id. */
  public static String enrol(
      Devices devices,
      Caller caller,
      DeviceType type,
      @Nullable String model,
      @Nullable String serialNumber) {
    Hardware hardware = new Hardware("yealink", model, serialNumber, null, List.of());
    return devices.enrol(caller, new NewDevice(type, hardware, null, null, null));
  }
}
