package dev.fettle.devices;

import org.jspecify.annotations.Nullable;

/** What an administrator changes about a device; a part that is not there stays as it is. */
record DeviceChange(@Nullable Text notes, @Nullable Text companyAssetTag) {

  /** New text, or its removal. */
  record Text(@Nullable String value) {}
}
