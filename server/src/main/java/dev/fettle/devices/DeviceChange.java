package dev.fettle.devices;

import org.jspecify.annotations.Nullable;

/** A change of a device by an administrator; null removes a text that is changed. */
record DeviceChange(
    boolean changesNotes,
    @Nullable String notes,
    boolean changesCompanyAssetTag,
    @Nullable String companyAssetTag) {}
