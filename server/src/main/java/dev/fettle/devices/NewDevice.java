package dev.fettle.devices;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What an administrator tells when a device is enrolled. */
public record NewDevice(
    DeviceType deviceType,
    Hardware hardware,
    @Nullable String notes,
    @Nullable String companyAssetTag,
    @Nullable ObjectNode currentUser) {}
