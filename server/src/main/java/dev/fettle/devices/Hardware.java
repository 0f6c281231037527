package dev.fettle.devices;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the maker printed on a device. */
public record Hardware(
    @Nullable String manufacturer,
    @Nullable String model,
    @Nullable String serialNumber,
    @Nullable String uniqueId,
    List<String> macAddresses) {

  public Hardware {
    macAddresses = List.copyOf(macAddresses);
  }
}
