package dev.fettle.devices;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The maker's marks on a device. */
record Hardware(
    @Nullable String manufacturer,
    @Nullable String model,
    @Nullable String serialNumber,
    @Nullable String uniqueId,
    List<String> macAddresses) {

  Hardware {
    macAddresses = List.copyOf(macAddresses);
  }
}
